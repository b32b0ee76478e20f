import * as tf from '@tensorflow/tfjs-core';
import { newtonOnRooms } from './newton-on-rooms.js';
import type { Norm } from './norm.js';
import { column, flat, roomToBox } from './shapes.js';

// keeps the root differentiable and the quotient finite where nothing has moved
const smallest = 1e-12;

// a pixel of no weight is full at once only where it has no room, and then it counts for nothing
const slowest = 1e-18;

// rates are squares of weights here, so they differ twice as much
const newtonSteps = 20;

/** The Euclidean length of the whole perturbation is at most epsilon. */
export const l2: Norm = {
  name: 'l2',
  boundaryNoise(random, ids, size) {
    const noise = random.normalRows(ids, size);
    for (let row = 0; row < ids.length; row++) {
      const values = noise.subarray(row * size, (row + 1) * size);
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) + smallest;
      values.forEach((value, index) => (values[index] = value / length));
    }
    return noise;
  },
  ascent: (gradient) => tf.div(gradient, tf.add(column(l2.length(gradient)), smallest)),
  project(iterate, images, epsilon) {
    const difference = tf.sub(iterate, images) as tf.Tensor4D;
    const length = column(l2.length(difference));
    const scale = tf.minimum(tf.div(column(epsilon), tf.add(length, smallest)), 1);
    // clipping brings every pixel nearer to the image, so the ball is not left again
    return tf.clipByValue(tf.add(images, tf.mul(difference, scale)) as tf.Tensor4D, 0, 1);
  },
  length: (difference) => tf.sqrt(tf.sum(tf.square(flat(difference)), 1)),
  dualLength: (gradient) => l2.length(gradient),
  toHyperplane(points, normal, excess) {
    const { direction, room } = roomToBox(points, normal, excess);
    const weight = tf.abs(flat(normal));
    const lambda = newtonOnRooms(
      {
        rates: tf.square(weight),
        limits: tf.mul(weight, room),
        full: tf.div(room, tf.maximum(weight, slowest)),
      },
      tf.reshape(tf.abs(excess), [-1, 1]),
      newtonSteps,
    );
    const distance = tf.minimum(tf.mul(lambda, weight), room);
    return tf.reshape(tf.mul(direction, distance), points.shape);
  },
};
