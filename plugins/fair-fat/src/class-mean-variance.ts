import * as tf from '@tensorflow/tfjs-core';

// length of the class vector in the released code, whatever the data
const releasedLength = 100;

/**
 * Unbiased variance over classes of the mean loss of each class in a batch. Traced, differentiable.
 *
 * @param losses `[batch]`
 * @param oneHotLabels `[batch, classes]`
 * @param length `classes`: over the classes that occur in the batch, 0 if there is only one; `as-released`: over 100
 *   entries of which absent and unused ones are 0
 */
export function classMeanVariance(
  losses: tf.Tensor1D,
  oneHotLabels: tf.Tensor2D,
  length: 'classes' | 'as-released',
): tf.Scalar {
  const classes = oneHotLabels.shape[1]!;
  const counts = tf.sum(oneHotLabels, 0);
  const sums = tf.sum(tf.mul(oneHotLabels, tf.expandDims(losses, 1)), 0);
  const means = tf.div(sums, tf.maximum(counts, 1));
  const unused = length === 'classes' ? 0 : Math.max(releasedLength - classes, 0);
  const entries =
    length === 'classes' ? tf.cast(tf.greater(counts, 0), 'float32') : tf.onesLike<tf.Tensor>(counts);
  const number = tf.add(tf.sum(entries), unused);
  const mean = tf.div(tf.sum(tf.mul(means, entries)), number);
  const squares = tf.sum(tf.mul(tf.square(tf.sub(means, mean)), entries));
  const ofUnused = tf.mul(tf.square(mean), unused);
  return tf.div(tf.add(squares, ofUnused), tf.maximum(tf.sub(number, 1), 1));
}
