/**
 * Batch normalisation over the last axis of NHWC images, with its own gradient.
 *
 * The composition is fixed, because compilers recognise it. With `all = [0, 1, 2]`:
 *
 *   train    mean     = Mean(x, all)
 *            variance = Mean(Square(Sub(x, mean)), all)                          (biased)
 *            y        = FusedBatchNorm(x, mean, variance, bias, weight)
 *            gradient : sumDy = Sum(dy, all); sumDyX = Sum(Mul(dy, x), all); everything else is per channel, but
 *            for        dx    = Add(Mul(dy, byDy), Add(Mul(x, byX), constant))
 *   eval     y        = FusedBatchNorm(x, runningMean, runningVar, bias, weight)
 *            gradient : dx    = Mul(dy, byDy), and the same two sums for weight and bias
 *
 * tfjs's built-in gradient of FusedBatchNorm tiles the statistics to full size and is several times slower.
 */
import * as tf from '@tensorflow/tfjs-core';
import { ArdError, type Mode } from '@ard/core';

/** Keys of one PyTorch `BatchNorm2d`; `[channels]` each but for the scalar `num_batches_tracked`. */
export interface BatchNormVariables {
  readonly weight: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
  readonly running_mean: tf.Tensor1D;
  readonly running_var: tf.Tensor1D;
  readonly num_batches_tracked: tf.Scalar;
}

export type BatchNormStatistics = Pick<
  BatchNormVariables,
  'running_mean' | 'running_var' | 'num_batches_tracked'
>;

/** PyTorch's defaults (methods.md 1.3). */
const epsilon = 1e-5;
const momentum = 0.1;
const all = [0, 1, 2];

/**
 * PyTorch's `BatchNorm2d`. `train` normalises with the mean and biased variance of the batch and returns running
 * statistics moved a tenth towards them, the variance unbiased; `eval` normalises with the running statistics and
 * returns them unchanged.
 *
 * Differentiable in x, weight and bias; in `train` the gradient goes through the batch statistics.
 *
 * @param x `[batch, height, width, channels]`
 * @throws ArdError in `train` when there is a single value per channel
 */
export function batchNorm(
  x: tf.Tensor4D,
  variables: BatchNormVariables,
  mode: Mode,
): { readonly y: tf.Tensor4D; readonly statistics: BatchNormStatistics } {
  const { weight, bias, running_mean, running_var, num_batches_tracked } = variables;
  if (mode === 'eval') {
    const y = normaliseWithConstants(x, weight, bias, running_mean, running_var);
    return { y, statistics: { running_mean, running_var, num_batches_tracked } };
  }
  const count = valuesPerChannel(x);
  if (count < 2) {
    throw new ArdError('batchNorm: a batch with one value per channel has no variance', {
      remedy: 'Use larger batches, or leave the last incomplete batch out.',
    });
  }
  const mean = tf.mean<tf.Tensor1D>(x, all);
  const variance = tf.mean<tf.Tensor1D>(tf.square(tf.sub(x, mean)), all);
  return {
    y: normaliseWithBatch(x, weight, bias, mean, variance),
    statistics: {
      running_mean: moved(running_mean, mean),
      running_var: moved(running_var, tf.mul(variance, count / (count - 1))),
      num_batches_tracked: tf.add(num_batches_tracked, 1),
    },
  };
}

function moved(running: tf.Tensor1D, batch: tf.Tensor1D): tf.Tensor1D {
  return tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum));
}

/** The statistics are constants to the gradient. */
function normaliseWithConstants(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
): tf.Tensor4D {
  return withGradient(x, weight, bias, mean, variance, (dy, { byDy }) => tf.mul(dy, byDy));
}

/** The statistics are functions of x: with n values per channel, their part of dx is affine in x. */
function normaliseWithBatch(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
): tf.Tensor4D {
  const count = valuesPerChannel(x);
  return withGradient(
    x,
    weight,
    bias,
    mean,
    variance,
    (dy, { x, mean, byDy, inverse, sumDy, sumDyCentred }) => {
      const byX = tf.mul(tf.mul(byDy, tf.square(inverse)), tf.mul(sumDyCentred, -1 / count));
      const constant = tf.sub(tf.mul(tf.mul(byDy, sumDy), -1 / count), tf.mul(byX, mean));
      return tf.add(tf.mul(dy, byDy), tf.add(tf.mul(x, byX), constant));
    },
  );
}

/** What the gradients of both modes are made of; `[channels]` each but for x. */
interface BackwardParts {
  readonly x: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  /** 1 / sqrt(variance + epsilon). */
  readonly inverse: tf.Tensor1D;
  /** weight · inverse, the slope of y in x. */
  readonly byDy: tf.Tensor1D;
  readonly sumDy: tf.Tensor1D;
  /** Σ dy · (x - mean). */
  readonly sumDyCentred: tf.Tensor1D;
}

function withGradient(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  inputGradient: (dy: tf.Tensor4D, parts: BackwardParts) => tf.Tensor,
): tf.Tensor4D {
  const normalise = tf.customGrad((...inputs) => {
    const [x, weight, bias] = inputs as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const save = inputs[3] as unknown as tf.GradSaveFunc;
    save([x, weight, mean, variance]);
    return {
      value: tf.batchNorm4d(x, mean, variance, bias, weight, epsilon),
      gradFunc: (dy, saved) => {
        const [x, weight, mean, variance] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
        const inverse = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
        const byDy = tf.mul<tf.Tensor1D>(weight, inverse);
        const sumDy = tf.sum<tf.Tensor1D>(dy, all);
        const sumDyX = tf.sum<tf.Tensor1D>(tf.mul(dy, x), all);
        const sumDyCentred = tf.sub<tf.Tensor1D>(sumDyX, tf.mul(mean, sumDy));
        const dx = inputGradient(dy as tf.Tensor4D, { x, mean, inverse, byDy, sumDy, sumDyCentred });
        return [dx, tf.mul(sumDyCentred, inverse), sumDy];
      },
    };
  });
  return normalise(x, weight, bias) as tf.Tensor4D;
}

function valuesPerChannel(x: tf.Tensor4D): number {
  const [batch, height, width] = x.shape;
  return batch * height * width;
}
