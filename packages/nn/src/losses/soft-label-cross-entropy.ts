import * as tf from '@tensorflow/tfjs-core';
import { reduceClasses, type ClassReduction } from './reduce-classes.js';

export interface SoftLabelCrossEntropyOptions {
  /** Default `sum`; the RSLAD script averages. */
  readonly classReduction?: ClassReduction;
}

// inside the logarithm of the target only, where the script guards against ln 0
const targetOffset = 1e-5;

/**
 * The soft-label loss of RSLAD (Zi et al., ICCV 2021) for each example:
 * `Σ_k −P_k ln Q_k + P_k ln(P_k + 1e-5)` with `P = softmax(targetLogits)`, `Q = softmax(logits)`.
 *
 * This is KL(P ‖ Q) plus a term below 1e-5 per class that does not depend on `logits`: same gradient, and
 * values equal to the released script's.
 *
 * @param targetLogits `[batch, classes]`
 * @param logits `[batch, classes]`
 * @returns `[batch]`, differentiable in both
 */
export function softLabelCrossEntropy(
  targetLogits: tf.Tensor2D,
  logits: tf.Tensor2D,
  { classReduction = 'sum' }: SoftLabelCrossEntropyOptions = {},
): tf.Tensor1D {
  const target = tf.softmax(targetLogits, 1);
  const logTarget = tf.log(tf.add(target, targetOffset));
  const perClass = tf.mul(target, tf.sub(logTarget, tf.logSoftmax(logits, 1)));
  return reduceClasses(perClass as tf.Tensor2D, classReduction);
}
