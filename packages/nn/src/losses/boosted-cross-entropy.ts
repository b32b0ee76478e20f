import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './cross-entropy.js';

// as the released script has them: 1 plus the first keeps the logarithm finite where a wrong class takes everything
const leadOffset = 1e-4;
const logarithmOffset = 1e-12;

/**
 * Boosted cross-entropy of MART (Wang et al., ICLR 2020) for each example:
 * `−ln p[label] − ln(1.0001 − max over other classes of p + 1e-12)` with `p = softmax(logits)`.
 *
 * @param logits `[batch, classes]`
 * @param oneHotLabels float32 `[batch, classes]`
 * @returns `[batch]`, differentiable in `logits`
 */
export function boostedCrossEntropy(logits: tf.Tensor2D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  // 2 pushes the label below every other class
  const wrong = tf.max(tf.sub(tf.softmax(logits, 1), tf.mul(oneHotLabels, 2)), 1);
  const rest = tf.add(tf.sub(1 + leadOffset, wrong), logarithmOffset);
  return tf.sub(crossEntropy(logits, oneHotLabels), tf.log(rest));
}
