import {
  hostArray,
  randomStream,
  type Attack,
  type AttackResult,
  type Engine,
  type ImageShape,
  type Model,
  type Victim,
} from '@ard/core';
import { createVictim } from '@ard/core/host';
import { eagerEngine, loadTfjs } from '@ard/eager';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';

export async function cpuEngine(): Promise<Engine> {
  await loadTfjs();
  await tf.setBackend('cpu');
  return eagerEngine({ id: 'tfjs', backend: 'cpu', description: 'tfjs cpu' });
}

/** A network without variables: logits as a function of the pixels of an image, `[batch, pixels]`. */
export function formula(
  shape: ImageShape,
  classes: number,
  logits: (pixels: tf.Tensor2D) => tf.Tensor2D,
): Model {
  const size = shape.height * shape.width * shape.channels;
  return {
    name: 'formula',
    shape,
    classes,
    variables: [],
    init: () => ({ parameters: {}, statistics: {} }),
    apply: ({ statistics }, images) => ({ logits: logits(tf.reshape(images, [-1, size])), statistics }),
  };
}

/** `pixels · weights + bias`, weights `[classes][pixels]`. */
export function linear(
  shape: ImageShape,
  weights: readonly (readonly number[])[],
  bias: readonly number[],
): Model {
  return formula(shape, bias.length, (pixels) =>
    tf.add(tf.matMul(pixels, tf.tensor2d(weights as number[][]), false, true), tf.tensor1d(bias as number[])),
  );
}

/** A small network of two dense layers with random weights. */
export function randomNetwork(shape: ImageShape, classes: number, seed: number, gain = 3): Model {
  const size = shape.height * shape.width * shape.channels;
  const random = randomStream(seed);
  const first = random.derive('first').normal(size * 12, 0, gain / Math.sqrt(size));
  const second = random.derive('second').normal(12 * classes, 0, gain / Math.sqrt(12));
  return formula(shape, classes, (pixels) =>
    tf.matMul(
      tf.tanh(tf.matMul(tf.sub(pixels, 0.5), tf.tensor2d(first, [size, 12]))) as tf.Tensor2D,
      tf.tensor2d(second, [12, classes]),
    ),
  );
}

export interface Given {
  readonly engine: Engine;
  readonly model: Model;
  readonly images: readonly number[];
  /** The network's own predictions unless told otherwise. */
  readonly labels?: readonly number[];
  readonly epsilon: number;
  readonly seed?: number;
  readonly ids?: readonly number[];
  readonly watch?: (victim: Victim) => Victim;
}

/** Images drawn at random, `count` of them. */
export function randomImages(shape: ImageShape, count: number, seed: number): number[] {
  return [...randomStream(seed).uniform(count * shape.height * shape.width * shape.channels)];
}

export interface Outcome extends AttackResult {
  readonly values: readonly number[];
  readonly labels: readonly number[];
  /** Where the network is right about the result. */
  readonly robust: readonly boolean[];
}

/** Runs an attack and asks the network about the result. */
export async function attacked(attack: Attack, given: Given): Promise<Outcome> {
  const { engine, model, images, epsilon, seed = 0, watch = (victim) => victim } = given;
  const { height, width, channels } = model.shape;
  const count = images.length / (height * width * channels);
  const victim = createVictim({
    engine,
    model,
    variables: model.init(randomStream(0)),
    mode: 'eval',
    objective: {
      references: [],
      perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
    },
  });
  const clean = hostArray(Float32Array.from(images), [count, height, width, channels]);
  const predict = async (array: AttackResult['adversarial']): Promise<number[]> => {
    const logits = await (await victim.cleanLogits(array)).read();
    return Array.from({ length: count }, (_, row) => {
      const own = logits.subarray(row * model.classes, (row + 1) * model.classes);
      return own.indexOf(Math.max(...own));
    });
  };
  const labels = given.labels ?? (await predict(clean));
  const result = await attack.prepare(watch(victim))(
    {
      images: clean,
      labels: hostArray(Int32Array.from(labels), [count]),
      epsilon: hostArray(new Float32Array(count).fill(epsilon), [count]),
      references: {},
    },
    {
      random: randomStream(seed),
      ids: Int32Array.from(given.ids ?? Array.from({ length: count }, (_, index) => index)),
      trajectory: {},
    },
  );
  const predictions = await predict(result.adversarial);
  await victim.dispose();
  return {
    ...result,
    values: Array.from(await result.adversarial.read()),
    labels,
    robust: labels.map((label, row) => predictions[row] === label),
  };
}
