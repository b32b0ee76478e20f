import * as tf from '@tensorflow/tfjs-core';

/** The same values, through which no gradient flows. tfjs has no operation of this kind. */
export function stopGradient<T extends tf.Tensor>(tensor: T): T {
  const detached = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }));
  return detached(tensor) as T;
}
