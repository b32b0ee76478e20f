import {
  type ExampleArrays,
  hostArray,
  hostScalar,
  type NdArray,
  type TracedAttackBatch,
  walkExamples,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { wrong } from '../losses/wrong.js';
import type { Norm } from '../norms/norm.js';
import { filled } from '../search/filled.js';
import { targetClasses, worstOf } from '../search/attempts.js';
import type { Examples, Member } from '../search/search.js';
import { apgdLoss, classesNeeded, requireClasses, type ApgdLoss } from './apgd-loss.js';
import { apgdStep } from './apgd-step.js';
import type { ApgdClock, ApgdState } from './apgd-state.js';
import { checkpoints } from './checkpoints.js';

export interface ApgdSettings {
  readonly norm: Norm;
  readonly loss: ApgdLoss;
  readonly iterations: number;
  readonly restarts: number;
  /** Target classes of the targeted loss, the best by the clean logits first; at most all but the label. */
  readonly targets: number;
  /** Gradients averaged per iteration. */
  readonly gradientSamples: number;
  readonly randomStart: boolean;
  readonly stopWhenBroken: boolean;
}

type StepInputs = {
  readonly batch: TracedAttackBatch;
  readonly targets: { readonly classes: tf.Tensor1D };
  readonly state: ApgdState<tf.Tensor4D, tf.Tensor1D>;
  readonly clock: ApgdClock<tf.Scalar>;
};

/** Share of the rises in a window at or below which the step is halved. */
const enoughShare = 0.75;

/** Auto-PGD (Croce and Hein, ICML 2020): projected ascent with momentum and a step that halves itself. */
export function apgdMember(name: string, settings: ApgdSettings): Member {
  const { norm, loss, iterations, restarts, gradientSamples, stopWhenBroken } = settings;
  const targeted = loss === 'dlr-targeted';
  const tries = restarts * (targeted ? settings.targets : 1);
  const passes = tries * (iterations + 1) * gradientSamples;
  return {
    name,
    attacks: stopWhenBroken ? 'unbroken' : 'all',
    passes: { forward: passes, backward: passes },
    leastClasses: classesNeeded[loss],
    prepare(victim) {
      requireClasses(loss, victim.classes);
      const step = victim.compile(`${name}-step`, ({ batch, targets, state, clock }: StepInputs, traced) => {
        const perExampleLoss = apgdLoss(loss, targets.classes);
        const passes = Array.from({ length: gradientSamples }, () =>
          traced.evaluate(state.iterate, batch, perExampleLoss),
        );
        const last = passes.at(-1)!;
        const gradient =
          passes.length === 1
            ? last.gradient
            : (tf.div(tf.addN(passes.map((pass) => pass.gradient)), passes.length) as tf.Tensor4D);
        const evaluated = { loss: last.perExampleLoss, gradient, wrong: wrong(last.logits, batch.labels) };
        return apgdStep(state, evaluated, clock, batch, { norm, keepFirst: stopWhenBroken });
      });
      const clocks = clocksOf(iterations);
      const ranks = targeted ? Math.min(settings.targets, victim.classes - 1) : 1;

      return (examples, run) =>
        worstOf(
          examples,
          run,
          { attempts: restarts * ranks, stopWhenBroken },
          async (chosen, number, one) => {
            const start = await startingState(chosen, settings, one.random.derive('start'));
            const classes = targeted ? await targetClasses(chosen, number % ranks) : chosen.labels;
            const { images, labels, epsilon } = chosen;
            const end = await walkExamples(
              {
                fixed: { images, labels, epsilon, classes },
                state: start,
                ids: chosen.ids,
                iterations: iterations + 1,
                results: ['best', 'bestLoss', 'adversarial', 'broken', 'brokenAt'],
                stopWhenBroken,
                step: async ({ fixed, state, iteration }) =>
                  step({
                    batch: batchOf(fixed),
                    targets: { classes: fixed.classes! },
                    state: state as ApgdState<NdArray, NdArray>,
                    clock: clocks[iteration]!,
                  }),
              },
              one.sizes,
            );
            return findings(end);
          },
        );
    },
  };
}

/** The fixed arrays of a walk as an attack's batch. */
export function batchOf({ images, labels, epsilon }: ExampleArrays): {
  images: NdArray;
  labels: NdArray;
  epsilon: NdArray;
  references: Record<string, NdArray>;
} {
  return { images: images!, labels: labels!, epsilon: epsilon!, references: {} };
}

function clocksOf(iterations: number): ApgdClock<NdArray>[] {
  const looks = new Map(checkpoints(iterations).map(({ iteration, window }) => [iteration, window]));
  return Array.from({ length: iterations + 1 }, (_, iteration) => ({
    iteration: hostScalar(iteration),
    recorded: hostScalar(iteration === 0 ? 0 : 1),
    checkpoint: hostScalar(looks.has(iteration) ? 1 : 0),
    enoughRises: hostScalar(enoughShare * (looks.get(iteration) ?? 0)),
    newShare: hostScalar(iteration === 0 ? 1 : enoughShare),
  }));
}

async function startingState(
  { images, epsilon, ids }: Examples,
  { norm, randomStart }: Pick<ApgdSettings, 'norm' | 'randomStart'>,
  random: Parameters<Norm['boundaryNoise']>[0],
): Promise<ApgdState<NdArray, NdArray>> {
  const [clean, radius] = [(await images.read()) as Float32Array, await epsilon.read()];
  const count = ids.length;
  const size = clean.length / count;
  const noise = randomStart ? norm.boundaryNoise(random, ids, size) : new Float32Array(clean.length);
  const start = hostArray(
    clean.map((value, index) =>
      Math.min(Math.max(value + noise[index]! * radius[Math.floor(index / size)]!, 0), 1),
    ),
    images.shape,
  );
  const [zeros, lowest] = [filled(count, 0), filled(count, -1e30)];
  return {
    iterate: start,
    previous: start,
    best: start,
    bestGradient: hostArray(new Float32Array(clean.length), images.shape),
    bestLoss: lowest,
    stepSize: hostArray(
      Float32Array.from(radius, (value) => 2 * value),
      [count],
    ),
    previousLoss: zeros,
    rises: zeros,
    bestLossAtCheckpoint: lowest,
    // as if it had been, so that the first checkpoint does not ask whether the best loss stands still
    halvedAtCheckpoint: filled(count, 1),
    adversarial: start,
    adversarialLoss: lowest,
    broken: zeros,
    brokenAt: zeros,
  };
}

function findings(
  end: Awaited<ReturnType<typeof walkExamples>>,
): Awaited<ReturnType<ReturnType<Member['prepare']>>> {
  const { best, bestLoss, adversarial, broken, brokenAt } = end;
  const width = best!.data.length / best!.shape[0]!;
  return {
    images: hostArray(
      Float32Array.from(best!.data, (value, index) =>
        broken!.data[Math.floor(index / width)] === 1 ? adversarial!.data[index]! : value,
      ),
      best!.shape,
    ),
    broken: Array.from(broken!.data, (value) => value === 1),
    score: Array.from(bestLoss!.data),
    step: Array.from(brokenAt!.data),
  };
}
