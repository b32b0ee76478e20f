import {
  knobNames,
  randomStream,
  type Engine,
  type HostArray,
  type KnobName,
  type LossInput,
  type LossInputs,
  type TracedAttackBatch,
  type TrajectoryObserver,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { spacedLogits } from '../support/logits.js';
import { onlyDeclared } from '../support/only-declared.js';
import { allToHost, floats, integers, mapRecord, rowsOfAll } from '../support/values.js';

type Arrays = Readonly<Record<string, HostArray>>;
type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What a loss or an estimator looks at, as arrays. All but `state` have the batch as their first axis. */
export interface LossScene {
  readonly logits: Arrays;
  readonly perExample: { readonly labels: HostArray };
  readonly knobs: Readonly<Record<KnobName, HostArray>>;
  readonly trajectory: Arrays;
  readonly state: Arrays;
}

/** The same inside a compiled function. */
export interface TracedLossScene {
  readonly logits: Tensors;
  readonly perExample: { readonly labels: tf.Tensor };
  readonly knobs: Readonly<Record<KnobName, tf.Tensor>>;
  readonly trajectory: Tensors;
  readonly state: Tensors;
  readonly [key: string]: Tensors;
}

export interface LossSceneOptions {
  readonly classes: number;
  readonly needs: readonly LossInput[];
  readonly trajectory?: TrajectoryObserver;
  readonly state?: Arrays;
  /** The logits of the nth input; spaced ones for eight examples unless told otherwise. */
  readonly logits?: (index: number) => HostArray;
}

/** Inputs that fit the declarations of a method or an estimator; every class occurs, classes are uneven. */
export async function lossScene(engine: Engine, options: LossSceneOptions): Promise<LossScene> {
  const {
    classes,
    needs,
    trajectory,
    state = {},
    logits = (index) => spacedLogits(9, classes, index),
  } = options;
  const batch = logits(0).shape[0]!;
  const labels = integers(
    Array.from({ length: batch }, (_, index) => (index < classes ? index : index * index) % classes),
  );
  const ones = floats(new Float32Array(batch).fill(1), [batch]);
  return {
    logits: Object.fromEntries(needs.map((name, index) => [name, logits(index)])),
    perExample: { labels },
    knobs: Object.fromEntries(knobNames.map((name) => [name, ones])) as Record<KnobName, HostArray>,
    trajectory: trajectory ? await watchedTrajectory(engine, trajectory, labels, classes) : {},
    state,
  };
}

/** The scene of some of its examples, in the order given. */
export function examplesOf(scene: LossScene, indices: readonly number[]): LossScene {
  return {
    logits: rowsOfAll(scene.logits, indices),
    perExample: rowsOfAll(scene.perExample, indices),
    knobs: rowsOfAll(scene.knobs, indices),
    trajectory: rowsOfAll(scene.trajectory, indices),
    state: scene.state,
  };
}

/**
 * Hands a scene to a loss as the trainer would, hiding logits that were not declared.
 *
 * @param withoutWeights also hides the trainer's knobs and those that were not declared, and reduces plainly: the
 * world in which the base method was published
 */
export function tracedLossInputs(
  scene: TracedLossScene,
  {
    needs,
    knobs: declared = [],
  }: { readonly needs: readonly LossInput[]; readonly knobs?: readonly KnobName[] },
  classes: number,
  withoutWeights = false,
): LossInputs {
  const { logits, perExample, knobs, trajectory, state } = scene;
  return {
    logits: onlyDeclared(logits, needs, 'logits') as LossInputs['logits'],
    labels: perExample.labels as tf.Tensor1D,
    oneHotLabels: tf.oneHot(perExample.labels, classes) as tf.Tensor2D,
    knobs: (withoutWeights ? onlyDeclared(knobs, declared, 'knobs') : knobs) as LossInputs['knobs'],
    trajectory,
    state,
    learningRateFactor: tf.scalar(1),
    weightedMean: (values, on) => {
      if (withoutWeights) return tf.mean(values);
      const ofImages = on && (on === 'clean' ? knobs.cleanWeight : knobs.robustWeight);
      return tf.mean(tf.mul(values, ofImages ? tf.mul(knobs.lossWeight, ofImages) : knobs.lossWeight));
    },
  };
}

/**
 * Accumulators after three iterates, some classified correctly and some not.
 *
 * @throws Error when the observer changes the names or shapes of its accumulators, or one lacks the batch axis
 */
export async function watchedTrajectory(
  engine: Engine,
  observer: TrajectoryObserver,
  labels: HostArray,
  classes: number,
): Promise<Record<string, HostArray>> {
  const count = labels.shape[0]!;
  const random = randomStream(31);
  const images = (name: string): HostArray =>
    floats(random.derive(name).uniform(count * 12), [count, 2, 3, 2]);
  const compiled = engine.compile(
    (inputs: { batch: TracedAttackBatch; iterates: Tensors; logits: Tensors }) => {
      let accumulators = observer.start(inputs.batch);
      const shapes = shapesOf(accumulators, count);
      for (const [name, iterate] of Object.entries(inputs.iterates)) {
        accumulators = observer.observe(accumulators, {
          images: iterate as tf.Tensor4D,
          logits: inputs.logits[name] as tf.Tensor2D,
          batch: inputs.batch,
        });
        const now = shapesOf(accumulators, count);
        if (now !== shapes) throw new Error(`the observer turns accumulators ${shapes} into ${now}`);
      }
      return accumulators;
    },
    { name: 'trajectory observer' },
  );
  const epsilon = floats(new Float32Array(count).fill(0.1), [count]);
  const names = ['first', 'second', 'third'];
  const record = (value: (name: string, index: number) => HostArray): Record<string, HostArray> =>
    Object.fromEntries(names.map((name, index) => [name, value(name, index)]));
  const outputs = await compiled({
    batch: { images: images('clean'), labels, epsilon, references: {} },
    iterates: record(images),
    logits: record((_, index) => spacedLogits(count, classes, 50 + index)),
  } as never);
  await compiled.dispose();
  return allToHost(outputs);
}

function shapesOf(accumulators: Tensors, batch: number): string {
  return JSON.stringify(
    mapRecord(accumulators, ({ shape }, name) => {
      if (shape[0] === batch) return shape;
      throw new Error(
        `the accumulator ${name} has shape [${shape.join(', ')}]; its first axis must be the batch`,
      );
    }),
  );
}
