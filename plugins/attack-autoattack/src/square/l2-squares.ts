import { hostArray, hostScalar } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { column } from '../norms/shapes.js';
import { bump } from './bump.js';
import type { Squares } from './squares.js';
import { placeOf, signOf, windowMask } from './window.js';

const smallest = 1e-12;
/** Tiles per side of the starting image. */
const tiles = 5;

/**
 * Tiles of bumps to begin with; then one window's share of the perturbation, and what is left of the budget, goes
 * into another window, on top of a new bump (Andriushchenko et al., ECCV 2020, algorithm 3). The whole perturbation
 * is always as long as the ball allows before it is cut to [0, 1].
 */
export const l2Squares: Squares = {
  async start({ images, epsilon, ids }, random) {
    const [, height = 0, width = 0, channels = 0] = images.shape;
    const [clean, radius] = [(await images.read()) as Float32Array, await epsilon.read()];
    const size = height * width * channels;
    const side = Math.max(Math.floor(Math.min(height, width) / tiles), 1);
    const [rows, columns] = [height, width].map((extent) => Math.min(Math.floor(extent / side), tiles)) as [
      number,
      number,
    ];
    const [top, left] = [height - rows * side, width - columns * side].map((rest) =>
      Math.floor(rest / 2),
    ) as [number, number];
    const perExample = rows * columns * (channels + 1);
    const numbers = random.uniformRows(ids, perExample);
    const result = Float32Array.from(clean);
    const perturbation = new Float64Array(size);
    ids.forEach((_, example) => {
      perturbation.fill(0);
      for (let tile = 0; tile < rows * columns; tile++) {
        const own = numbers.subarray(example * perExample + tile * (channels + 1));
        const shape = bump(side, own[channels]! < 0.5);
        const [y, x] = [top + Math.floor(tile / columns) * side, left + (tile % columns) * side];
        shape.forEach((value, at) => {
          const pixel = (y + Math.floor(at / side)) * width + x + (at % side);
          for (let channel = 0; channel < channels; channel++) {
            perturbation[pixel * channels + channel] = value * signOf(own[channel]!);
          }
        });
      }
      const length = Math.hypot(...perturbation) + smallest;
      perturbation.forEach((value, at) => {
        const moved = clean[example * size + at]! + (value / length) * radius[example]!;
        result[example * size + at] = Math.min(Math.max(moved, 0), 1);
      });
    });
    return hostArray(result, images.shape);
  },
  // a bump has a middle, hence an odd side, of three at least where the image is large enough
  side(scheduled, { height, width }) {
    const largest = Math.min(height, width);
    const odd = Math.max(scheduled, 3) | 1;
    return odd <= largest ? odd : (largest - 1) | 1;
  },
  draw(side, ids, { height, width, channels }, random) {
    const columns = 5 + channels;
    const numbers = random.uniformRows(ids, columns);
    const place = (at: number, extent: number): Float32Array =>
      Float32Array.from(ids, (_, row) => placeOf(numbers[row * columns + at]!, extent, side));
    const [top, left] = [place(0, height), place(1, width)];
    const [upright, lying] = [bump(side, false), bump(side, true)];
    const pattern = new Float32Array(ids.length * height * width);
    const signs = new Float32Array(ids.length * channels);
    ids.forEach((_, row) => {
      const shape = numbers[row * columns + 4]! < 0.5 ? lying : upright;
      shape.forEach((value, at) => {
        const [y, x] = [top[row]! + Math.floor(at / side), left[row]! + (at % side)];
        pattern[(row * height + y) * width + x] = value;
      });
      for (let channel = 0; channel < channels; channel++) {
        signs[row * channels + channel] = signOf(numbers[row * columns + 5 + channel]!);
      }
    });
    return {
      top: hostArray(top, [ids.length]),
      left: hostArray(left, [ids.length]),
      otherTop: hostArray(place(2, height), [ids.length]),
      otherLeft: hostArray(place(3, width), [ids.length]),
      pattern: hostArray(pattern, [ids.length, height, width, 1]),
      signs: hostArray(signs, [ids.length, 1, 1, channels]),
      side: hostScalar(side),
    };
  },
  change(best, { images, epsilon }, { top, left, otherTop, otherLeft, pattern, signs, side }) {
    const [, height, width, channels] = best.shape;
    const here = windowMask(top!, left!, side!, [height, width]);
    const there = windowMask(otherTop!, otherLeft!, side!, [height, width]);
    const both = tf.maximum(here, there);
    const perturbation = tf.sub(best, images);

    const length = (values: tf.Tensor, axes: number[]): tf.Tensor =>
      tf.sqrt(tf.sum(tf.square(values), axes, true));
    const old = tf.mul(perturbation, here);
    const raised = tf.add(tf.mul(pattern!, signs!), tf.div(old, tf.add(length(old, [1, 2]), smallest)));
    const unit = tf.div(raised, tf.add(length(raised, [1, 2]), smallest));

    const radius = column(epsilon);
    const unused = tf.relu(tf.sub(tf.square(radius), tf.square(length(perturbation, [1, 2, 3]))));
    const taken = tf.square(length(tf.mul(perturbation, both), [1, 2, 3]));
    const budget = tf.sqrt(tf.add(tf.div(unused, channels), taken));

    const kept = tf.mul(perturbation, tf.sub(1, both));
    const next = tf.add(kept, tf.mul(unit, budget));
    const scaled = tf.mul(tf.div(next, tf.add(length(next, [1, 2, 3]), smallest)), radius);
    return tf.clipByValue(tf.add(images, scaled) as tf.Tensor4D, 0, 1);
  },
};
