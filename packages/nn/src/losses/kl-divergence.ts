import * as tf from '@tensorflow/tfjs-core';
import { reduceClasses, type ClassReduction } from './reduce-classes.js';
import { stopGradient } from './stop-gradient.js';

export interface KlDivergenceOptions {
  /** Divides both logits; above 0. The factor temperature² of distillation is the caller's. Default 1. */
  readonly temperature?: number;
  /** Whether the target is a constant. By default gradient flows through it too, as TRADES wants. */
  readonly detachTarget?: boolean;
  /** Default `sum`. */
  readonly classReduction?: ClassReduction;
}

/**
 * Kullback-Leibler divergence of each example, `KL(softmax(targetLogits / T) ‖ softmax(logits / T))`.
 *
 * Works with log-softmax throughout: logarithms stay finite for finite logits, so a class whose probability
 * underflows to 0 contributes exactly 0.
 *
 * @param targetLogits `[batch, classes]`
 * @param logits `[batch, classes]`
 * @returns `[batch]`, 0 or more up to rounding, differentiable in `logits` and, unless detached, in `targetLogits`
 */
export function klDivergence(
  targetLogits: tf.Tensor2D,
  logits: tf.Tensor2D,
  { temperature = 1, detachTarget = false, classReduction = 'sum' }: KlDivergenceOptions = {},
): tf.Tensor1D {
  const target = detachTarget ? stopGradient(targetLogits) : targetLogits;
  const logTarget = logSoftmaxAt(target, temperature);
  const logPrediction = logSoftmaxAt(logits, temperature);
  const perClass = tf.mul(tf.exp(logTarget), tf.sub(logTarget, logPrediction));
  return reduceClasses(perClass as tf.Tensor2D, classReduction);
}

function logSoftmaxAt(logits: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.logSoftmax(temperature === 1 ? logits : tf.div(logits, temperature), 1);
}
