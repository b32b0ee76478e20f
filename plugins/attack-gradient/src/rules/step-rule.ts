import type { HostArray, TracedAttackBatch } from '@ard/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Ball } from '../ball.js';

/** What a rule sees of the current iterate. */
export interface Iterate {
  readonly gradient: tf.Tensor4D;
  /** `[batch, classes]`. */
  readonly logits: tf.Tensor2D;
  readonly batch: TracedAttackBatch;
  readonly ball: Ball;
}

/** Where an ascent goes from an iterate; what it remembers goes in and comes out. */
export interface StepRule {
  /**
   * What is remembered before the first step, `[batch, …]` each.
   *
   * @param epoch of the training, from 0; absent in evaluations
   */
  start(
    shape: readonly [number, number, number, number],
    epoch?: number,
  ): Readonly<Record<string, HostArray>>;
  /** The move, to be multiplied by the step size. Traced. */
  advance(
    iterate: Iterate,
    memory: Readonly<Record<string, tf.Tensor>>,
  ): { readonly move: tf.Tensor4D; readonly memory: Readonly<Record<string, tf.Tensor>> };
}
