import * as tf from '@tensorflow/tfjs-core';
import type { Norm } from '../norms/norm.js';
import { choose, column, inRows } from '../norms/shapes.js';
import type { ApgdClock, ApgdState } from './apgd-state.js';

type State = ApgdState<tf.Tensor4D, tf.Tensor1D>;

/** The network at `iterate`. */
export interface Evaluated {
  /** `[batch]`, maximised. */
  readonly loss: tf.Tensor1D;
  readonly gradient: tf.Tensor4D;
  /** bool `[batch]`. */
  readonly wrong: tf.Tensor1D;
}

/**
 * One iteration of APGD (Croce and Hein, ICML 2020, algorithm 1): books the point just evaluated, looks back at a
 * checkpoint, and moves on. Order and quirks are those of the released code: at the first checkpoint a positive
 * first loss counts as a rise, and the point before a restart stays in the momentum.
 *
 * @param keepFirst the first image that breaks an example is kept, otherwise the one of the highest loss
 */
export function apgdStep(
  state: State,
  { loss, gradient, wrong }: Evaluated,
  clock: ApgdClock<tf.Scalar>,
  batch: { readonly images: tf.Tensor4D; readonly epsilon: tf.Tensor1D },
  { norm, keepFirst }: { readonly norm: Norm; readonly keepFirst: boolean },
): State {
  const [iterate, slope] = [inRows(state.iterate), inRows(gradient)];
  const better = tf.greater(loss, state.bestLoss);
  const best = choose(better, iterate, inRows(state.best));
  const bestGradient = choose(better, slope, inRows(state.bestGradient));
  const bestLoss = tf.maximum(loss, state.bestLoss);

  const worth = keepFirst ? tf.equal(state.broken, 0) : tf.greater(loss, state.adversarialLoss);
  const found = tf.logicalAnd(wrong, worth);

  const risen = tf.mul(tf.cast(tf.greater(loss, state.previousLoss), 'float32'), clock.recorded);
  const rises = tf.add(state.rises, risen);
  const atCheckpoint = tf.greater(tf.mul(clock.checkpoint, tf.onesLike(loss)), 0);
  const oscillates = tf.lessEqual(rises, clock.enoughRises);
  const stuck = tf.logicalAnd(
    tf.equal(state.halvedAtCheckpoint, 0),
    tf.lessEqual(bestLoss, state.bestLossAtCheckpoint),
  );
  const halve = tf.logicalAnd(atCheckpoint, tf.logicalOr(oscillates, stuck));
  const stepSize = tf.where(halve, tf.mul(state.stepSize, 0.5), state.stepSize);

  const from = choose(halve, best, iterate);
  const along = choose(halve, bestGradient, slope);
  const { epsilon } = batch;
  const images = inRows(batch.images);
  const target = norm.project(
    tf.add(from, tf.mul(norm.ascent(along), column(stepSize))) as tf.Tensor4D,
    images,
    epsilon,
  );
  const moved = tf.add(
    tf.mul(tf.sub(target, from), clock.newShare),
    tf.mul(tf.sub(from, inRows(state.previous)), tf.sub(1, clock.newShare)),
  );
  const asBefore = (rows: tf.Tensor4D): tf.Tensor4D => tf.reshape(rows, batch.images.shape);
  return {
    iterate: asBefore(norm.project(tf.add(from, moved) as tf.Tensor4D, images, epsilon)),
    previous: asBefore(from),
    best: asBefore(best),
    bestGradient: asBefore(bestGradient),
    bestLoss: bestLoss as tf.Tensor1D,
    stepSize: stepSize as tf.Tensor1D,
    previousLoss: tf.mul(loss, clock.recorded),
    rises: tf.where(atCheckpoint, tf.zerosLike(rises), rises) as tf.Tensor1D,
    bestLossAtCheckpoint: tf.where(atCheckpoint, bestLoss, state.bestLossAtCheckpoint) as tf.Tensor1D,
    halvedAtCheckpoint: tf.where(
      atCheckpoint,
      tf.cast(halve, 'float32'),
      state.halvedAtCheckpoint,
    ) as tf.Tensor1D,
    adversarial: asBefore(choose(found, iterate, inRows(state.adversarial))),
    adversarialLoss: tf.where(found, loss, state.adversarialLoss) as tf.Tensor1D,
    broken: tf.maximum(tf.cast(wrong, 'float32'), state.broken) as tf.Tensor1D,
    brokenAt: tf.where(found, tf.mul(clock.iteration, tf.onesLike(loss)), state.brokenAt) as tf.Tensor1D,
  };
}
