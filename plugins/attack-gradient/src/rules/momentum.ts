import { hostArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import type { StepRule } from './step-rule.js';

/**
 * Up along a decaying sum of gradients, each divided by the sum of its absolute values (Dong et al., CVPR 2018,
 * eq. 6).
 *
 * @param decay share of the old sum that is kept, 0 or more
 */
export function momentum(decay: number): StepRule {
  return {
    start: (shape) => ({
      velocity: hostArray(new Float32Array(shape.reduce((product, extent) => product * extent, 1)), shape),
    }),
    advance({ gradient, ball }, { velocity }) {
      const size = tf.sum(tf.abs(gradient), [1, 2, 3], true);
      const next: tf.Tensor4D = tf.add(tf.mul(velocity!, decay), tf.div(gradient, tf.maximum(size, 1e-12)));
      return { move: ball.ascent(next), memory: { velocity: next } };
    },
  };
}
