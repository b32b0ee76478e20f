import * as tf from '@tensorflow/tfjs-core';

/**
 * Cross-entropy of each example, `-ln softmax(logits)[label]`.
 *
 * The label's entry is selected by a product: the gradient of a gather needs a kernel that tfjs's wasm backend
 * lacks.
 *
 * @param logits `[batch, classes]`
 * @param oneHotLabels float32 `[batch, classes]`
 * @returns `[batch]`, differentiable in `logits`
 */
export function crossEntropy(logits: tf.Tensor2D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(oneHotLabels, tf.logSoftmax(logits, 1)), 1));
}
