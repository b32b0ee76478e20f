import * as tf from '@tensorflow/tfjs-core';

/** Largest value of each `size` x `size` square, squares side by side; what does not fill one is left out. */
export function maxPool(x: tf.Tensor4D, size: number): tf.Tensor4D {
  return tf.maxPool(x, size, size, 'valid');
}
