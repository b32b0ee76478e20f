import * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  randomStream,
  type Attack,
  type BatchSource,
  type Engine,
  type Method,
  type Model,
  type Objective,
  type Optimizer,
  type TrajectoryObserver,
} from '@ard/core';
import type { TrainingParts } from '@ard/core/host';
import { eagerEngine, loadTfjs } from '@ard/eager';
import { globalAveragePool, layerBuilder } from '@ard/nn';

/** Training parts small enough for the plain tfjs cpu backend: the trainer is under test, not the components. */

export const shape = { height: 4, width: 4, channels: 1 };
export const classes = 3;

export async function cpuEngine(): Promise<Engine> {
  await loadTfjs();
  await tf.setBackend('cpu');
  return eagerEngine({ id: 'tfjs', backend: 'cpu', description: 'tfjs cpu' });
}

export function tinyModel(): Model {
  const layers = layerBuilder();
  const convolution = layers.conv2d('conv1', { inputs: 1, outputs: 4, kernel: 3, padding: 1 });
  const norm = layers.batchNorm('bn1', 4);
  const classifier = layers.linear('fc', { inputs: 4, outputs: classes });
  return layers.model({ name: 'tiny', shape, classes }, (images, pass) =>
    classifier(globalAveragePool(tf.relu(norm(convolution(images, pass), pass))), pass),
  );
}

/** Two batches of four and one of two; class c is brighter than class c-1. */
export function tinyBatches(): BatchSource {
  const count = 10;
  const pixels = shape.height * shape.width;
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  const noise = randomStream(1)
    .derive('data')
    .uniform(count * pixels, 0, 0.3);
  return {
    count,
    stepsPerEpoch: 3,
    classCounts: [4, 3, 3],
    batch: (epoch, step) => {
      const order = randomStream(5).derive('order', epoch).permutation(count);
      const ids = order.slice(step * 4, step * 4 + 4);
      const images = Float32Array.from({ length: ids.length * pixels }, (_, index) => {
        const id = ids[Math.floor(index / pixels)]!;
        return 0.3 * labels[id]! + noise[id * pixels + (index % pixels)]!;
      });
      return Promise.resolve({
        ids,
        images: hostArray(images, [ids.length, shape.height, shape.width, shape.channels]),
        labels: hostArray(
          Int32Array.from(ids, (id) => labels[id]!),
          [ids.length],
        ),
      });
    },
  };
}

/** Counts correct iterates, as kappa does. */
export const countCorrect: TrajectoryObserver = {
  start: (batch) => ({ count: tf.zeros([batch.labels.shape[0]]) }),
  observe: ({ count }, { logits, batch }) => ({
    count: tf.add(count!, tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32')),
  }),
};

/** Gradient sign steps from the clean image. */
export function tinyAttack(steps = 2): Attack {
  return {
    epsilon: 0.1,
    passes: { forward: steps, backward: steps },
    reportsIterates: true,
    description: `${steps} steps`,
    prepare(victim) {
      const step = victim.compile(
        'tiny-step',
        (
          inputs: {
            batch: Parameters<typeof countCorrect.start>[0];
            iterate: tf.Tensor4D;
            trajectory: Record<string, tf.Tensor>;
          },
          traced,
        ) => {
          const { batch, iterate, trajectory } = inputs;
          const { logits, gradient } = traced.evaluate(iterate, batch);
          const moved = tf.add(iterate, tf.mul(0.05, tf.sign(gradient)));
          const epsilon = tf.reshape(batch.epsilon, [-1, 1, 1, 1]);
          const inBall = tf.minimum(
            tf.maximum(moved, tf.sub(batch.images, epsilon)),
            tf.add(batch.images, epsilon),
          );
          return {
            iterate: tf.clipByValue(inBall, 0, 1) as tf.Tensor4D,
            trajectory: traced.observe(trajectory, iterate, logits, batch) as Record<string, tf.Tensor>,
          };
        },
      );
      return async (batch, run) => {
        let state = { iterate: batch.images, trajectory: run.trajectory };
        for (let index = 0; index < steps; index++) {
          state = await step({ batch: { ...batch }, ...state } as Parameters<typeof step>[0]);
        }
        return { adversarial: state.iterate, trajectory: state.trajectory };
      };
    },
  };
}

export const crossEntropyObjective: Objective = {
  references: [],
  perExampleLoss: ({ logits, oneHotLabels }) =>
    tf.neg(tf.sum(tf.mul(oneHotLabels, tf.logSoftmax(logits)), 1)),
};

export function tinyMethod(changes: Partial<Method> = {}): Method {
  return {
    teachers: [],
    needs: ['studentAdversarialLogits'],
    studentPasses: ['adversarial'],
    knobs: [],
    loss: ({ logits, oneHotLabels }) => ({
      terms: [
        {
          name: 'crossEntropy',
          coefficient: 1,
          perExampleLoss: tf.neg(
            tf.sum(tf.mul(oneHotLabels, tf.logSoftmax(logits.studentAdversarialLogits)), 1),
          ),
        },
      ],
    }),
    ...changes,
  };
}

/** Plain gradient descent with a velocity, so that there is state to restore. */
export function tinyOptimizer(learningRate = 0.2): Optimizer {
  return {
    learningRate,
    init: (parameters) =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, { shape }]) => [
          name,
          hostArray(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape),
        ]),
      ),
    update({ parameters, gradients, state, learningRate: rate }) {
      const velocity = mapTensors(parameters, (name) => tf.add(tf.mul(state[name]!, 0.9), gradients[name]!));
      return {
        state: velocity,
        parameters: mapTensors(parameters, (name, value) => tf.sub(value, tf.mul(rate, velocity[name]!))),
      };
    },
  };
}

function mapTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
  fn: (name: string, value: tf.Tensor) => tf.Tensor,
): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, fn(name, value)]));
}

export function tinyParts(engine: Engine, changes: Partial<TrainingParts> = {}): TrainingParts {
  return {
    engine,
    student: tinyModel(),
    teachers: {},
    method: tinyMethod(),
    innerAttack: { attack: tinyAttack(), objective: crossEntropyObjective, mode: 'eval' },
    optimizer: tinyOptimizer(),
    schedule: { factor: () => 1 },
    batches: tinyBatches(),
    classNames: ['dark', 'grey', 'bright'],
    random: randomStream(0),
    ...changes,
  };
}
