import * as tf from '@tensorflow/tfjs-core';

let registered = false;

/**
 * Replaces tfjs's gradient of FusedBatchNorm, which tiles the statistics to the size of the images, by one that
 * broadcasts them. Correct for every input that has a gradient, on every backend.
 */
export function registerBatchNormGradient(): void {
  if (registered) return;
  registered = true;
  tf.unregisterGradient('FusedBatchNorm');
  tf.registerGradient({
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc,
  });
}

function gradFunc(
  dy: tf.Tensor | tf.Tensor[],
  saved: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> {
  const { varianceEpsilon } = attributes as unknown as tf.FusedBatchNormAttrs;
  const [x, mean, variance, scale = tf.scalar(1)] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
  const gradient = dy as tf.Tensor;
  const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon));
  const slope = tf.mul(scale, inverse);
  /** Sums a full-size array over the axes along which the statistics repeat. */
  const total = (full: tf.Tensor): tf.Tensor => {
    const axes = tf.broadcast_util.getReductionAxes(mean.shape, x.shape);
    return tf.reshape(tf.sum(full, axes), mean.shape);
  };
  const sumDy = (): tf.Tensor => total(gradient);
  const sumDyCentred = (): tf.Tensor => tf.sub(total(tf.mul(gradient, x)), tf.mul(mean, sumDy()));
  return {
    x: () => tf.mul(gradient, slope),
    mean: () => tf.neg(tf.mul(slope, sumDy())),
    variance: () => tf.mul(tf.mul(slope, tf.square(inverse)), tf.mul(sumDyCentred(), -0.5)),
    scale: () => tf.mul(sumDyCentred(), inverse),
    offset: sumDy,
  };
}
