import * as tf from '@tensorflow/tfjs-core';
import { newtonOnRooms } from './newton-on-rooms.js';
import type { Norm } from './norm.js';
import { column, flat, roomToBox, signOf } from './shapes.js';

/** Every pixel and channel may change by at most epsilon. */
export const linf: Norm = {
  name: 'linf',
  boundaryNoise(random, ids, size) {
    const noise = random.uniformRows(ids, size, -1, 1);
    for (let row = 0; row < ids.length; row++) {
      const values = noise.subarray(row * size, (row + 1) * size);
      const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-12);
      values.forEach((value, index) => (values[index] = value / largest));
    }
    return noise;
  },
  ascent: (gradient) => signOf(gradient),
  project(iterate, images, epsilon) {
    const radius = column(epsilon);
    const inBall = tf.minimum(tf.maximum(iterate, tf.sub(images, radius)), tf.add(images, radius));
    return tf.clipByValue(inBall as tf.Tensor4D, 0, 1);
  },
  length: (difference) => tf.max(tf.abs(flat(difference)), 1),
  dualLength: (gradient) => tf.sum(tf.abs(flat(gradient)), 1),
  toHyperplane(points, normal, excess) {
    const { direction, room } = roomToBox(points, normal, excess);
    const weight = tf.abs(flat(normal));
    const lambda = newtonOnRooms(
      { rates: weight, limits: tf.mul(weight, room), full: room },
      tf.reshape(tf.abs(excess), [-1, 1]),
    );
    return tf.reshape(tf.mul(direction, tf.minimum(lambda, room)), points.shape);
  },
};
