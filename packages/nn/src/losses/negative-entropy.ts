import * as tf from '@tensorflow/tfjs-core';
import { reduceClasses, type ClassReduction } from './reduce-classes.js';

// inside the logarithm, where the script guards against ln 0
const offset = 1e-5;

export interface NegativeEntropyOptions {
  /** Default `sum`. */
  readonly classReduction?: ClassReduction;
}

/**
 * `Σ_k P_k ln(P_k + 1e-5)` of each example with `P = softmax(logits)`: minus the entropy, as B-MTARD (Zhao et al.,
 * TPAMI 2024) compares the certainty of two teachers. Larger is surer; a uniform output has `−ln K`.
 *
 * @param logits `[batch, classes]`
 * @returns `[batch]`
 */
export function negativeEntropy(
  logits: tf.Tensor2D,
  { classReduction = 'sum' }: NegativeEntropyOptions = {},
): tf.Tensor1D {
  const probabilities = tf.softmax(logits, 1);
  return reduceClasses(tf.mul(probabilities, tf.log(tf.add(probabilities, offset))), classReduction);
}
