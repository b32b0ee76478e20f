import {
  hostArray,
  randomStream,
  type Concrete,
  type HostArray,
  type TensorRecord,
  type Variables,
} from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { disturbed, smallNetwork } from './subjects/small-network.js';
import { floats, integers } from './support/values.js';

/** A function and inputs on which every engine must agree with tfjs's cpu backend. */
export interface EngineCase {
  readonly name: string;
  fn(inputs: TensorRecord): TensorRecord;
  /** Inputs of different shapes for one and the same function. */
  readonly inputs: readonly Concrete<TensorRecord>[];
}

function engineCase<I extends TensorRecord>(
  name: string,
  inputs: Concrete<I> | readonly Concrete<I>[],
  fn: (inputs: I) => TensorRecord,
): EngineCase {
  const list = Array.isArray(inputs) ? (inputs as readonly Concrete<I>[]) : [inputs as Concrete<I>];
  return {
    name,
    fn: fn as EngineCase['fn'],
    inputs: list as readonly Concrete<TensorRecord>[],
  };
}

const random = randomStream(21);

/** Random values in [-1, 1]; none of a few hundred is exactly 0. */
export function noise(name: string, ...shape: number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return floats(random.derive(name).uniform(size, -1, 1), shape);
}

const classes = 3;
const network = smallNetwork(classes);
const { parameters, statistics } = disturbed(network.init(random));
const { height, width, channels } = network.shape;

function images(batch: number): { readonly images: HostArray; readonly labels: HostArray } {
  return {
    images: floats(random.uniform(batch * height * width * channels), [batch, height, width, channels]),
    labels: integers(Array.from({ length: batch }, (_, index) => index % classes)),
  };
}

type T = { readonly [name: string]: tf.Tensor };
type Network = { readonly network: { readonly parameters: T; readonly statistics: T } };
type Labelled = { readonly images: tf.Tensor4D; readonly labels: tf.Tensor1D };

const batches = [3, 1].map((batch) => ({
  network: { parameters, statistics } satisfies Variables,
  ...images(batch),
}));

function loss(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return crossEntropy(logits, tf.oneHot(labels, classes) as tf.Tensor2D);
}

export const engineCases: readonly EngineCase[] = [
  engineCase(
    'arithmetic with broadcasting',
    [
      { a: noise('a', 2, 3, 4), b: noise('b', 3, 1) },
      { a: noise('a1', 1, 5), b: noise('b1', 2, 1, 1) },
    ],
    ({ a, b }: T) => ({
      sum: tf.add(a!, b!),
      ratio: tf.div(tf.sub(a!, b!), tf.add(tf.square(b!), 1)),
      larger: tf.maximum(a!, tf.mul(b!, 2)),
    }),
  ),
  engineCase('functions of one value', { x: noise('x', 4, 5) }, ({ x }: T) => ({
    relu: tf.relu(x!),
    exp: tf.exp(x!),
    log: tf.log(tf.add(tf.abs(x!), 0.5)),
    root: tf.rsqrt(tf.add(tf.square(x!), 1)),
    sign: tf.sign(x!),
    clipped: tf.clipByValue(x!, -0.25, 0.5),
  })),
  engineCase('reductions', { x: noise('reduced', 2, 3, 5) }, ({ x }: T) => ({
    all: tf.sum(x!),
    mean: tf.mean(x!, [0, 2]),
    kept: tf.max(x!, -1, true),
    best: tf.argMax(x!, 1),
  })),
  engineCase('softmax and its logarithm', { x: noise('logits', 3, 7) }, ({ x }: T) => ({
    softmax: tf.softmax(x!),
    logSoftmax: tf.logSoftmax(tf.mul(x!, 30), 1),
  })),
  engineCase('matrix products', { a: noise('left', 3, 4), b: noise('right', 5, 4) }, ({ a, b }: T) => ({
    product: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true),
    other: tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D, false, true),
  })),
  engineCase('changes of shape', { x: noise('shaped', 2, 3, 4, 1) }, ({ x }: T) => ({
    transposed: tf.transpose(x!, [0, 3, 1, 2]),
    flat: tf.reshape(x!, [2, -1]),
    joined: tf.concat([x!, x!], 3),
    part: tf.slice(x!, [0, 1, 1, 0], [-1, 2, 2, 1]),
    padded: tf.pad(x!, [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ]),
  })),
  engineCase(
    'integers and truth values, in and out',
    { labels: integers([2, 0, 1]), mask: hostArray(Uint8Array.of(1, 0, 1), [3]), x: noise('chosen', 3) },
    ({ labels, mask, x }: T) => ({
      oneHot: tf.oneHot(labels!, 4),
      chosen: tf.where(mask!, x!, tf.neg(x!)),
      positive: tf.greater(x!, 0),
      next: tf.add(labels!, tf.scalar(1, 'int32')),
      counted: tf.cast(mask!, 'float32'),
    }),
  ),
  engineCase(
    'convolutions',
    { x: noise('image', 2, 5, 4, 2), w: noise('kernel', 3, 3, 2, 3) },
    ({ x, w }: T) => ({
      same: tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
      strided: tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1),
    }),
  ),
  engineCase(
    'a network in eval mode, and its attack gradient',
    batches,
    ({ network: variables, images, labels }: Network & Labelled) => {
      const { auxiliary, gradients } = valueAndGradients(
        () => {
          const { logits } = network.apply(variables, images, 'eval');
          return { value: loss(logits, labels), auxiliary: { logits } };
        },
        { images },
      );
      return { logits: auxiliary.logits, gradient: gradients.images! };
    },
  ),
  engineCase(
    'a network in train mode, its statistics, and the gradient of every parameter',
    batches,
    ({ network: variables, images, labels }: Network & Labelled) => {
      const { value, auxiliary, gradients } = valueAndGradients(() => {
        const forward = network.apply(variables, images, 'train');
        return { value: tf.mean(loss(forward.logits, labels)), auxiliary: forward.statistics };
      }, variables.parameters);
      return { loss: value, statistics: auxiliary, gradients };
    },
  ),
  engineCase('nothing', {}, () => ({})),
  engineCase('a constant of no input', { empty: {} }, () => ({ made: tf.fill([2, 2], 0.5) })),
  engineCase(
    'trees with empty branches',
    { deep: { er: { x: noise('deep', 2) } }, none: {}, scalar: floats([3], []) },
    (({ deep, scalar }: { deep: { er: T }; scalar: tf.Scalar }) => ({
      same: deep.er.x!,
      also: { unchanged: scalar, nothing: {}, product: tf.mul(deep.er.x!, scalar) },
    })) as never,
  ),
];
