import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './cross-entropy.js';
import { stopGradient } from './stop-gradient.js';

/**
 * How far a teacher can be trusted on each example (IAD, Zhu et al., ICLR 2022): `softmax(logits)[label]^exponent`.
 * Computed through logarithms, so that a hopeless teacher gives a small number and not a power of 0.
 *
 * @param logits of the teacher, `[batch, classes]`
 * @param oneHotLabels float32 `[batch, classes]`
 * @param exponent 0 or more; 0 trusts the teacher completely
 * @returns `[batch]` in 0 to 1, a constant: no gradient flows through it
 */
export function teacherReliability(
  logits: tf.Tensor2D,
  oneHotLabels: tf.Tensor2D,
  exponent: number,
): tf.Tensor1D {
  return tf.exp(tf.mul(crossEntropy(stopGradient(logits), oneHotLabels), -exponent));
}
