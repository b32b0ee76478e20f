import { hostArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { misclassified } from '../misclassified.js';
import type { StepRule } from './step-rule.js';

/**
 * Straight up while the network is right; once it is wrong an example takes `extraSteps` more steps and then stays
 * (Zhang et al., ICML 2020, algorithm 1).
 *
 * @param extraSteps τ, 0 or more, by the epoch of the training, which evaluations do not have
 */
export function earlyStopping(extraSteps: (epoch: number | undefined) => number): StepRule {
  return {
    start: ([batch], epoch) => ({
      stepsLeft: hostArray(new Float32Array(batch).fill(extraSteps(epoch)), [batch]),
    }),
    advance({ gradient, logits, batch, ball }, { stepsLeft }) {
      const wrong = tf.cast(misclassified(logits, batch.labels), 'float32');
      const moves = tf.maximum(tf.sub(1, wrong), tf.cast(tf.greater(stepsLeft!, 0), 'float32'));
      return {
        move: tf.mul(ball.ascent(gradient), tf.reshape(moves, [-1, 1, 1, 1])),
        memory: { stepsLeft: tf.relu(tf.sub(stepsLeft!, wrong)) },
      };
    },
  };
}
