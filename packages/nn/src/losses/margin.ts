import * as tf from '@tensorflow/tfjs-core';

// pushes the label's logit below every other; far outside what a network outputs, small enough for float32
const exclusion = 10000;

/**
 * Lead of the label over the best other class, `z_label − max over other classes of z`, for each example; below
 * 0 where the network is wrong.
 *
 * @param logits `[batch, classes]`, absolute values below 5000
 * @param oneHotLabels float32 `[batch, classes]`
 * @returns `[batch]`, differentiable in `logits`
 */
export function margin(logits: tf.Tensor2D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  const ofLabel = tf.sum(tf.mul(logits, oneHotLabels), 1);
  const ofBestOther = tf.max(tf.sub(logits, tf.mul(oneHotLabels, exclusion)), 1);
  return tf.sub(ofLabel, ofBestOther);
}
