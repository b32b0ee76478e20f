import * as tf from '@tensorflow/tfjs-core';

/**
 * PyTorch's `linear`: x · weightᵀ + bias.
 *
 * @param x `[batch, in]`
 * @param weight `[out, in]`
 * @param bias `[out]`
 * @returns `[batch, out]`
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return tf.add(tf.matMul(x, weight, false, true), bias);
}
