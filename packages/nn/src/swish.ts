import * as tf from '@tensorflow/tfjs-core';

/** x · sigmoid(x) (Ramachandran et al. 2017; PyTorch calls it SiLU). */
export function swish<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(x));
}
