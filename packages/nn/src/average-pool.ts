import * as tf from '@tensorflow/tfjs-core';

/** Mean of each `size` x `size` square, squares side by side; what does not fill one is left out. */
export function averagePool(x: tf.Tensor4D, size: number): tf.Tensor4D {
  return tf.avgPool(x, size, size, 'valid');
}
