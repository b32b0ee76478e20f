import * as tf from '@tensorflow/tfjs-core';
import type { Ball } from './ball.js';

// keeps quotients finite where there is nothing to divide
const smallest = 1e-12;

/** The Euclidean length of the whole perturbation is at most epsilon. */
export const l2: Ball = {
  norm: 'l2',
  uniform(random, ids, size) {
    // a direction from a Gaussian, and a radius whose volume is uniform
    const points = random.derive('direction').normalRows(ids, size);
    const shares = random.derive('radius').uniformRows(ids, 1);
    for (let row = 0; row < ids.length; row++) {
      const point = points.subarray(row * size, (row + 1) * size);
      const length = Math.sqrt(point.reduce((sum, value) => sum + value * value, 0)) + smallest;
      const radius = shares[row]! ** (1 / size);
      point.forEach((value, index) => (point[index] = (value * radius) / length));
    }
    return points;
  },
  ascent: (gradient) => tf.div(gradient, tf.maximum(lengths(gradient), smallest)),
  project(iterate, images, epsilon) {
    const change = tf.sub(iterate, images) as tf.Tensor4D;
    const radius = tf.reshape(epsilon, [-1, 1, 1, 1]);
    const scale = tf.minimum(tf.div(radius, tf.maximum(lengths(change), smallest)), 1);
    return tf.add(images, tf.mul(change, scale));
  },
};

function lengths(images: tf.Tensor4D): tf.Tensor4D {
  return tf.sqrt(tf.sum(tf.square(images), [1, 2, 3], true));
}
