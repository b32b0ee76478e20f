import * as tf from '@tensorflow/tfjs-core';
import { hostArray, randomStream, type HostArray } from '@ard/core';
import { noise, type Case } from './support/agreement.js';
import { kernelSuite } from './support/suite.js';

type Padding = 'same' | 'valid' | tf.backend_util.ExplicitPadding;
type Stride = number | [number, number];

const explicit = (top: number, bottom: number, left: number, right: number): Padding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

function conv(name: string, image: number[], filter: number[], stride: Stride, pad: Padding): Case {
  return {
    name: `conv2d ${name}`,
    fn: ({ x, w }) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
    inputs: { x: noise('x', ...image), w: noise('w', ...filter) },
    tolerance: 2e-5,
  };
}

function depthwise(name: string, image: number[], filter: number[], stride: Stride, pad: Padding): Case {
  return {
    name: `depthwise ${name}`,
    fn: ({ x, w }) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
    inputs: { x: noise('x', ...image), w: noise('w', ...filter) },
  };
}

const convolutions: Case[] = [
  conv('3x3, same', [2, 6, 5, 3], [3, 3, 3, 4], 1, 'same'),
  conv('3x3, valid', [2, 6, 5, 3], [3, 3, 3, 4], 1, 'valid'),
  conv('3x3, batch 1, one channel', [1, 5, 7, 1], [3, 3, 1, 1], 1, 'same'),
  conv('3x3, stride 2, same, even', [2, 6, 8, 3], [3, 3, 3, 4], 2, 'same'),
  conv('3x3, stride 2, same, odd', [2, 7, 5, 3], [3, 3, 3, 4], 2, 'same'),
  conv('3x3, stride 2, padding 1', [2, 8, 6, 3], [3, 3, 3, 4], 2, explicit(1, 1, 1, 1)),
  conv('4x4, stride 2, padding 1', [2, 8, 8, 3], [4, 4, 3, 5], 2, explicit(1, 1, 1, 1)),
  conv('3x3, asymmetric padding', [2, 5, 6, 2], [3, 3, 2, 3], 1, explicit(0, 2, 1, 0)),
  conv('3x2, not square, strides 2 and 1', [2, 7, 6, 2], [3, 2, 2, 3], [2, 1], 'valid'),
  conv('1x1', [2, 5, 4, 3], [1, 1, 3, 6], 1, 'valid'),
  conv('1x1, stride 2', [2, 5, 6, 3], [1, 1, 3, 6], 2, 'valid'),
  conv(
    '1x1, stride 2, channels padded as in a shortcut',
    [2, 5, 6, 3],
    [1, 1, 3, 6],
    2,
    explicit(0, 1, 0, 1),
  ),
  conv('5x5, large image', [1, 20, 18, 2], [5, 5, 2, 3], 1, 'same'),
  conv('2x2, stride 3', [2, 7, 8, 2], [2, 2, 2, 2], 3, 'valid'),
];

/** Whole blocks of channels, for the blocked operators; 16 is the largest block of any machine. */
const blocked: Case[] = [
  conv('from few channels', [2, 6, 5, 3], [3, 3, 3, 16], 1, 'same'),
  conv('to few channels', [2, 6, 5, 16], [3, 3, 16, 3], 1, 'same'),
  conv('3x3', [2, 6, 5, 16], [3, 3, 16, 32], 1, 'same'),
  conv('3x3, stride 2', [2, 6, 8, 16], [3, 3, 16, 32], 2, explicit(1, 1, 1, 1)),
  conv('3x3, stride 2, odd', [2, 7, 5, 32], [3, 3, 32, 16], 2, 'same'),
  conv('4x4, stride 2', [2, 8, 6, 16], [4, 4, 16, 16], 2, explicit(1, 1, 1, 1)),
  conv('3x2, strides 2 and 1', [2, 7, 6, 16], [3, 2, 16, 16], [2, 1], 'valid'),
  conv('1x1, stride 2', [2, 6, 5, 16], [1, 1, 16, 32], 2, 'valid'),
  conv('2x2, stride 3, uncovered border', [2, 8, 7, 16], [2, 2, 16, 16], 3, 'valid'),
  // weight gradients: rows of whole blocks
  conv('3x3, wide', [2, 4, 16, 16], [3, 3, 16, 32], 1, 'same'),
  conv('3x3, two blocks wide', [1, 3, 32, 32], [3, 3, 32, 16], 1, 'same'),
  conv('3x3, wide, from few channels', [2, 3, 16, 3], [3, 3, 3, 16], 1, 'same'),
  conv('3x3, wide, from a block and a half', [2, 3, 16, 24], [3, 3, 24, 16], 1, 'same'),
  conv('3x3, wide, stride 2', [2, 6, 32, 16], [3, 3, 16, 32], 2, explicit(1, 1, 1, 1)),
  conv(
    '3x3, wide, stride 2 from the right and below',
    [1, 6, 32, 16],
    [3, 3, 16, 16],
    2,
    explicit(0, 1, 0, 1),
  ),
  conv('5x3, wide, asymmetric padding', [1, 6, 16, 16], [5, 3, 16, 16], 1, explicit(1, 3, 2, 0)),
  conv('3x3, wide after the window', [1, 5, 18, 16], [3, 3, 16, 16], 1, 'valid'),
  conv('1x1, wide', [2, 3, 16, 32], [1, 1, 32, 16], 1, 'valid'),
  conv('1x1, wide, stride 2', [2, 5, 32, 16], [1, 1, 16, 16], 2, 'valid'),
  // and batches of whole blocks
  conv('3x3, sixteen images', [16, 4, 4, 16], [3, 3, 16, 32], 1, 'same'),
  conv('3x3, sixteen images, stride 2', [16, 4, 5, 32], [3, 3, 32, 16], 2, explicit(1, 1, 1, 1)),
  conv('2x3, sixteen images, strides 1 and 2', [16, 4, 6, 16], [2, 3, 16, 16], [1, 2], 'valid'),
  conv('1x1, sixteen images', [16, 3, 2, 16], [1, 1, 16, 16], 1, 'valid'),
].map((subject) => ({
  ...subject,
  name: `${subject.name}, in blocks`,
  // neighbours in blocked order too, so that more than the convolution itself is tried
  fn: ({ x, w }) => {
    const y = subject.fn({ x: tf.mul(x!, 0.5), w: w! }) as tf.Tensor4D;
    return tf.tanh(tf.add(y, tf.mean(y, [1, 2], true)));
  },
}));

/** Masks and integers of blocked values, where plain order is wanted. */
const notFloats: Case[] = [
  {
    name: 'masks and integers of a convolution in blocks, as results and reduced',
    fn: ({ x, w }) => {
      const y = tf.conv2d(tf.mul(x!, 0.5) as tf.Tensor4D, w as tf.Tensor4D, 1, 'same');
      const large = tf.greater(y, 3);
      return [large, tf.cast(tf.round(y), 'int32'), tf.any(large, 3)];
    },
    inputs: { x: noise('x', 2, 6, 5, 16), w: noise('w', 3, 3, 16, 16) },
    differentiable: [],
  },
];

const depthwises: Case[] = [
  depthwise('3x3, same', [2, 6, 5, 3], [3, 3, 3, 1], 1, 'same'),
  depthwise('3x3, stride 2, same', [2, 7, 6, 3], [3, 3, 3, 1], 2, 'same'),
  depthwise('3x3, multiplier 2', [2, 5, 6, 3], [3, 3, 3, 2], 1, 'valid'),
  depthwise('3x3, multiplier 2, stride 2', [1, 6, 6, 2], [3, 3, 2, 2], 2, 'same'),
  depthwise('5x5, batch 1, one channel', [1, 7, 6, 1], [5, 5, 1, 1], 1, 'same'),
  depthwise('3x3, whole block', [2, 6, 5, 16], [3, 3, 16, 1], 1, 'same'),
  depthwise('3x3, whole blocks, stride 2', [2, 6, 7, 32], [3, 3, 32, 1], 2, explicit(1, 1, 1, 1)),
  depthwise('5x3, whole block, valid', [2, 8, 6, 16], [5, 3, 16, 1], 1, 'valid'),
];

const pooled = (name: string, fn: (x: tf.Tensor4D) => tf.Tensor, shape: number[]): Case => ({
  name,
  fn: ({ x }) => fn(x as tf.Tensor4D),
  inputs: { x: apart(...shape) },
});

/** Values too far apart for a finite difference to change which is the largest. */
function apart(...shape: number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return hostArray(
    Float32Array.from(randomStream(1).permutation(size), (value) => value / 4),
    shape,
  );
}

const poolings: Case[] = [
  pooled('avgPool 2x2', (x) => tf.avgPool(x, 2, 2, 'valid'), [2, 6, 4, 3]),
  // tfjs's cpu gradient divides by the whole window where padding was left out of the mean
  {
    ...pooled('avgPool 3x3, same', (x) => tf.avgPool(x, 3, 1, 'same'), [2, 5, 6, 3]),
    oracleLacksGradient: true,
  },
  {
    ...pooled('avgPool 3x2, strides 2 and 1', (x) => tf.avgPool(x, [3, 2], [2, 1], 'same'), [1, 7, 5, 1]),
    oracleLacksGradient: true,
  },
  pooled('maxPool 2x2', (x) => tf.maxPool(x, 2, 2, 'valid'), [2, 6, 4, 3]),
  pooled('maxPool 3x3, stride 2, same', (x) => tf.maxPool(x, 3, 2, 'same'), [2, 7, 6, 3]),
  pooled(
    'maxPool after a blocked convolution',
    (x) => tf.maxPool(tf.conv2d(x, tf.ones([1, 1, 16, 16]), 1, 'same'), 2, 2, 'valid'),
    [1, 4, 4, 16],
  ),
];

function norm(name: string, channels: number, scaled: boolean): Case {
  return {
    name: `batchNorm ${name}`,
    fn: ({ x, mean, variance, offset, scale }) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.exp(variance!) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scaled ? (scale as tf.Tensor1D) : undefined,
        1e-3,
      ),
    inputs: {
      x: noise('x', 2, 3, 4, channels),
      mean: noise('m', channels),
      variance: noise('v', channels),
      offset: noise('o', channels),
      ...(scaled ? { scale: noise('s', channels) } : {}),
    },
    tolerance: 2e-5,
  };
}

const norms = [norm('with five inputs', 3, true), norm('of one block', 16, true)];

for (const engineOptions of [{ blocked: true }, { blocked: false }]) {
  const suffix = engineOptions.blocked ? '' : ' without blocked operators';
  kernelSuite(`convolutions${suffix}`, engineOptions.blocked ? convolutions : [], engineOptions);
  kernelSuite(`convolutions of whole blocks${suffix}`, blocked, engineOptions);
  kernelSuite(`results that are no floats${suffix}`, notFloats, engineOptions);
  kernelSuite(`depthwise convolutions${suffix}`, depthwises, engineOptions);
  kernelSuite(`pooling${suffix}`, poolings, engineOptions);
  kernelSuite(`batch norm${suffix}`, norms, engineOptions);
}
