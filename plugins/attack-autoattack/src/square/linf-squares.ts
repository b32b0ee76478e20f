import { hostArray, hostScalar } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { linf } from '../norms/linf.js';
import { column } from '../norms/shapes.js';
import type { Squares } from './squares.js';
import { covered, placeOf, signOf } from './window.js';

/** Stripes to begin with; then each channel of a window moves by twice the radius, to the edge of the ball. */
export const linfSquares: Squares = {
  async start({ images, epsilon, ids }, random) {
    const [, , width = 0, channels = 0] = images.shape;
    const [clean, radius] = [(await images.read()) as Float32Array, await epsilon.read()];
    const size = clean.length / ids.length;
    // one sign for each image, channel and column
    const numbers = random.uniformRows(ids, width * channels);
    const striped = clean.map((value, index) => {
      const row = Math.floor(index / size);
      const sign = signOf(numbers[row * width * channels + (index % (width * channels))]!);
      return Math.min(Math.max(value + radius[row]! * sign, 0), 1);
    });
    return hostArray(striped, images.shape);
  },
  side: (scheduled) => scheduled,
  draw(side, ids, { height, width, channels }, random) {
    const columns = 2 + channels;
    const numbers = random.uniformRows(ids, columns);
    const place = (at: number, extent: number): Float32Array =>
      Float32Array.from(ids, (_, row) => placeOf(numbers[row * columns + at]!, extent, side));
    const signs = new Float32Array(ids.length * channels).map((_, index) =>
      signOf(numbers[Math.floor(index / channels) * columns + 2 + (index % channels)]!),
    );
    return {
      top: hostArray(place(0, height), [ids.length]),
      left: hostArray(place(1, width), [ids.length]),
      signs: hostArray(signs, [ids.length, channels]),
      side: hostScalar(side),
    };
  },
  change(best, { images, epsilon }, { top, left, signs, side }) {
    const [batch, height, width, channels] = best.shape;
    const moves = tf.mul(tf.reshape(signs!, [-1, 1, 1, channels]), tf.mul(column(epsilon), 2));
    // pixels of a row and their channels on one axis, so that only one product is as large as the images
    const across = tf.mul(tf.reshape(covered(left!, side!, width), [-1, 1, width, 1]), moves);
    const rows = (array: tf.Tensor): tf.Tensor4D => tf.reshape(array, [batch, -1, 1, width * channels]);
    const down = tf.reshape(covered(top!, side!, height), [-1, height, 1, 1]);
    const changed = tf.add(rows(best), tf.mul(down, rows(across)));
    return tf.reshape(linf.project(changed as tf.Tensor4D, rows(images), epsilon), best.shape);
  },
};
