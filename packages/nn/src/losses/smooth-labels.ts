import * as tf from '@tensorflow/tfjs-core';

/**
 * Label smoothing (Szegedy et al., CVPR 2016): `(1 − smoothing) · label + smoothing / K`, K classes, as PyTorch's
 * `label_smoothing` has it: the label's own class gets a share of the uniform part, too.
 *
 * @param oneHotLabels float32 `[batch, classes]`
 * @param smoothing 0 to 1; 0 gives the labels themselves
 * @returns `[batch, classes]`, rows that sum to 1
 */
export function smoothLabels(oneHotLabels: tf.Tensor2D, smoothing: number): tf.Tensor2D {
  if (smoothing === 0) return oneHotLabels;
  return tf.add(tf.mul(oneHotLabels, 1 - smoothing), smoothing / oneHotLabels.shape[1]);
}
