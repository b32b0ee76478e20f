import {
  hostArray,
  hostScalar,
  type NdArray,
  type TracedAttackBatch,
  type TracedVictim,
  walkExamples,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf } from '../apgd/apgd-member.js';
import { wrong } from '../losses/wrong.js';
import type { Norm } from '../norms/norm.js';
import { choose } from '../norms/shapes.js';
import { filled } from '../search/filled.js';
import { targetClasses, worstOf } from '../search/attempts.js';
import type { Examples, Findings, Member } from '../search/search.js';
import { fabBooking, fabMove, type Boundary, type FabState } from './fab-step.js';

export interface FabSettings {
  readonly norm: Norm;
  /** Towards each target class in turn; otherwise towards whichever boundary is nearest. */
  readonly targeted: boolean;
  readonly iterations: number;
  readonly restarts: number;
  /** Target classes, the best by the clean logits first; at most all but the label. */
  readonly targets: number;
  readonly stopWhenBroken: boolean;
}

type StepInputs = {
  readonly batch: TracedAttackBatch;
  readonly targets: { readonly classes: tf.Tensor1D };
  readonly state: FabState<tf.Tensor4D, tf.Tensor1D>;
  readonly iteration: tf.Scalar;
};

/** Farther than any image is from another. */
const nowhere = 1e10;
/** Classes that the declared number of passes reckons with where they cannot be known. */
const usualClasses = 10;

/** Fast adaptive boundary attack: looks for the nearest image that the network is wrong about. */
export function fabMember(name: string, settings: FabSettings): Member {
  const { norm, targeted, iterations, restarts, stopWhenBroken } = settings;
  const tries = restarts * (targeted ? settings.targets : 1);
  const gradients = targeted ? 1 : usualClasses;
  return {
    name,
    // what is misclassified as it is has distance 0
    attacks: stopWhenBroken ? 'unbroken' : 'correct',
    passes: { forward: tries * iterations * (gradients + 1), backward: tries * iterations * gradients },
    prepare(victim) {
      const step = victim.compile(`${name}-step`, (inputs: StepInputs, traced) => {
        const { batch, targets, state, iteration } = inputs;
        const boundary = targeted
          ? boundaryTowards(traced, state.iterate, batch, targets.classes, victim.classes)
          : nearestBoundary(traced, state.iterate, batch, norm, victim.classes);
        const moved = fabMove(state.iterate, batch.images, boundary, norm);
        const isWrong = wrong(traced.logits(moved), batch.labels);
        return fabBooking(state, moved, isWrong, batch, { norm, stopWhenBroken, iteration });
      });
      const ranks = targeted ? Math.min(settings.targets, victim.classes - 1) : 1;

      return (examples, run) =>
        worstOf(
          examples,
          run,
          { attempts: restarts * ranks, stopWhenBroken },
          async (chosen, number, one) => {
            const restart = Math.floor(number / ranks);
            const start = await startingState(chosen, norm, restart === 0 ? undefined : one.random);
            const classes = targeted ? await targetClasses(chosen, number % ranks) : chosen.labels;
            const { images, labels, epsilon } = chosen;
            const end = await walkExamples(
              {
                fixed: { images, labels, epsilon, classes },
                state: start,
                ids: chosen.ids,
                iterations,
                results: ['adversarial', 'distance', 'broken', 'brokenAt'],
                stopWhenBroken,
                step: async ({ fixed, state, iteration }) =>
                  step({
                    batch: batchOf(fixed),
                    targets: { classes: fixed.classes! },
                    state: state as FabState<NdArray, NdArray>,
                    iteration: hostScalar(iteration + 1),
                  }),
              },
              one.sizes,
            );
            return findings(chosen, end);
          },
        );
    },
  };
}

function boundaryTowards(
  traced: TracedVictim,
  iterate: tf.Tensor4D,
  batch: TracedAttackBatch,
  targets: tf.Tensor1D,
  classes: number,
): Boundary {
  const oneHotTargets = tf.cast(tf.oneHot(targets, classes), 'float32');
  const { perExampleLoss, gradient } = traced.evaluate(iterate, batch, ({ logits, oneHotLabels }) =>
    tf.sum(tf.mul(logits, tf.sub(oneHotTargets, oneHotLabels)), 1),
  );
  return { difference: perExampleLoss, gradient };
}

/** Of the boundaries towards all classes, the one that is nearest if the network is linear. */
function nearestBoundary(
  traced: TracedVictim,
  iterate: tf.Tensor4D,
  batch: TracedAttackBatch,
  norm: Norm,
  classes: number,
): Boundary {
  let nearest: (Boundary & { distance: tf.Tensor1D }) | undefined;
  for (let index = 0; index < classes; index++) {
    const towards = tf.fill([iterate.shape[0]], index, 'int32') as tf.Tensor1D;
    const boundary = boundaryTowards(traced, iterate, batch, towards, classes);
    const linear = tf.div(
      tf.abs(boundary.difference),
      tf.add(norm.dualLength(boundary.gradient), 1e-12),
    ) as tf.Tensor1D;
    const distance: tf.Tensor1D = tf.where(
      tf.equal(batch.labels, towards),
      tf.fill(linear.shape, nowhere),
      linear,
    ) as tf.Tensor1D;
    if (!nearest) {
      nearest = { ...boundary, distance };
      continue;
    }
    const nearer = tf.less(distance, nearest.distance);
    nearest = {
      difference: tf.where(nearer, boundary.difference, nearest.difference),
      gradient: choose(nearer, boundary.gradient, nearest.gradient),
      distance: tf.where(nearer, distance, nearest.distance),
    };
  }
  return nearest!;
}

/** The clean image; for restarts a point at half the radius. */
async function startingState(
  { images, epsilon, ids }: Examples,
  norm: Norm,
  random: Parameters<Norm['boundaryNoise']>[0] | undefined,
): Promise<FabState<NdArray, NdArray>> {
  const count = ids.length;
  let iterate: NdArray = images;
  if (random) {
    const [clean, radius] = [(await images.read()) as Float32Array, await epsilon.read()];
    const size = clean.length / count;
    const noise = norm.boundaryNoise(random.derive('start'), ids, size);
    const moved = clean.map(
      (value, index) => value + 0.5 * noise[index]! * radius[Math.floor(index / size)]!,
    );
    iterate = hostArray(
      moved.map((value) => Math.min(Math.max(value, 0), 1)),
      images.shape,
    );
  }
  return {
    iterate,
    adversarial: images,
    distance: filled(count, nowhere),
    broken: filled(count, 0),
    brokenAt: filled(count, 0),
  };
}

/** Images outside the ball are of no use to the caller: there the clean image is returned. */
async function findings(
  examples: Examples,
  end: Awaited<ReturnType<typeof walkExamples>>,
): Promise<Findings> {
  const { adversarial, distance, broken, brokenAt } = end;
  const clean = await examples.images.read();
  const width = clean.length / broken!.data.length;
  const images = Float32Array.from(adversarial!.data, (value, index) =>
    broken!.data[Math.floor(index / width)] === 1 ? value : clean[index]!,
  );
  return {
    images: hostArray(images, examples.images.shape),
    broken: Array.from(broken!.data, (value) => value === 1),
    score: Array.from(distance!.data, (value) => -value),
    step: Array.from(brokenAt!.data),
  };
}
