import * as tf from '@tensorflow/tfjs-core';

/**
 * Flattens NHWC features in the order of PyTorch's NCHW (channels, rows, columns), so that the weights of a
 * following linear layer fit.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, channels · height · width]`
 */
export function flattenChannelsFirst(x: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch, channels * height * width]);
}
