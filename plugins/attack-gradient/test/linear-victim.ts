import {
  hostArray,
  randomStream,
  type Attack,
  type AttackBatch,
  type AttackResult,
  type Engine,
  type Model,
  type Objective,
  type RandomStream,
  type TrajectoryObserver,
  type Victim,
} from '@ard/core';
import { createVictim } from '@ard/core/host';
import { eagerEngine, loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropyObjective } from '../src/objectives/cross-entropy.js';

export const shape = { height: 2, width: 3, channels: 1 };
export const pixels = 6;

export async function cpuEngine(): Promise<Engine> {
  await loadTfjs();
  await tf.setBackend('cpu');
  return eagerEngine({ id: 'tfjs', backend: 'cpu', description: 'tfjs cpu' });
}

/**
 * A linear classifier of two classes. The gradient of its cross-entropy has the same signs everywhere, so the
 * strongest attack is known in closed form: every pixel as far as it goes along `towards(label)`.
 */
export const weights = [0.5, -1, 2, 0, 0.1, -0.3];
export const linearModel: Model = {
  name: 'linear',
  shape,
  classes: 2,
  variables: [{ name: 'fc.weight', shape: [2, pixels], kind: 'parameter', storage: 'float32' }],
  init: () => ({
    parameters: {
      'fc.weight': hostArray(Float32Array.from([...weights, ...weights.map((w) => -w)]), [2, pixels]),
    },
    statistics: {},
  }),
  apply: ({ parameters, statistics }, images) => {
    const flat = tf.reshape(images, [-1, pixels]) as tf.Tensor2D;
    return { logits: tf.matMul(flat, parameters['fc.weight'] as tf.Tensor2D, false, true), statistics };
  },
};

/** Signs of the steepest ascent of the cross-entropy of a label. */
export function towards(label: number): number[] {
  return weights.map((weight) => (label === 0 ? -1 : 1) * Math.sign(weight));
}

export function batchOf(
  images: readonly number[],
  labels: readonly number[],
  epsilon: readonly number[],
): AttackBatch {
  return {
    images: hostArray(Float32Array.from(images), [labels.length, shape.height, shape.width, shape.channels]),
    labels: hostArray(Int32Array.from(labels), [labels.length]),
    epsilon: hostArray(Float32Array.from(epsilon), [labels.length]),
    references: {},
  };
}

export async function attackLinear(
  engine: Engine,
  attack: Attack,
  batch: AttackBatch,
  options: {
    ids?: readonly number[];
    seed?: number;
    objective?: Objective;
    observer?: TrajectoryObserver;
    model?: Model;
    epoch?: number;
    random?: RandomStream;
    untilBroken?: boolean;
    batchSize?: number;
    /** Told the number of examples of each call of a compiled step. */
    onStep?: (examples: number) => void;
  } = {},
): Promise<AttackResult> {
  const {
    ids = batch.labels.shape[0] === 1 ? [0] : Array.from({ length: batch.labels.shape[0]! }, (_, i) => i),
  } = options;
  const model = options.model ?? linearModel;
  const victim = createVictim({
    engine,
    model,
    variables: model.init(randomStream(0)),
    mode: 'eval',
    objective: options.objective ?? crossEntropyObjective(),
    observers: options.observer ? { watcher: options.observer } : {},
  });
  const trajectory = await victim.startTrajectory(batch);
  const run = {
    random: options.random ?? randomStream(options.seed ?? 0),
    ids: Int32Array.from(ids),
    trajectory,
    epoch: options.epoch,
    untilBroken: options.untilBroken ?? false,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
  };
  const watched: Victim = {
    ...victim,
    compile(name, step) {
      const compiled = victim.compile(name, step);
      return (inputs) => {
        const { batch: stepped } = inputs as unknown as { batch: AttackBatch };
        options.onStep?.(stepped.labels.shape[0]!);
        return compiled(inputs);
      };
    },
  };
  const result = await attack.prepare(watched)(batch, run);
  await victim.dispose();
  return result;
}

export async function valuesOf(result: AttackResult): Promise<number[]> {
  return Array.from(await result.adversarial.read());
}
