import * as tf from '@tensorflow/tfjs-core';
import type { Ball } from './ball.js';

/** Every pixel and channel may change by at most epsilon. */
export const linf: Ball = {
  norm: 'linf',
  uniform: (random, ids, size) => random.uniformRows(ids, size, -1, 1),
  // sign(0) is 0, as in PyTorch. Made of comparisons: ONNX Runtime's Sign runs on one thread, and the sign of NaN
  // would be 0 on some backends
  ascent: (gradient) => tf.sub(asNumber(tf.greater(gradient, 0)), asNumber(tf.less(gradient, 0))),
  project(iterate, images, epsilon) {
    const radius = tf.reshape(epsilon, [-1, 1, 1, 1]);
    return tf.minimum(tf.maximum(iterate, tf.sub(images, radius)), tf.add(images, radius));
  },
};

function asNumber(truth: tf.Tensor): tf.Tensor4D {
  return tf.cast(truth, 'float32') as tf.Tensor4D;
}
