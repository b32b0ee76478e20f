import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../norms/shapes.js';

export type SquareState<Image, PerExample> = {
  /** The image of the smallest margin so far. */
  readonly best: Image;
  readonly margin: PerExample;
  readonly broken: PerExample;
  readonly brokenAt: PerExample;
};

/**
 * Takes a candidate where it makes the margin smaller, or leaves none.
 *
 * @param margin of the candidate; `wrong` where the network is wrong about it
 * @param stopWhenBroken broken examples stay as they are
 */
export function squareBooking(
  state: SquareState<tf.Tensor4D, tf.Tensor1D>,
  candidate: tf.Tensor4D,
  { margin, wrong }: { readonly margin: tf.Tensor1D; readonly wrong: tf.Tensor1D },
  { iteration, stopWhenBroken }: { readonly iteration: tf.Scalar; readonly stopWhenBroken: boolean },
): SquareState<tf.Tensor4D, tf.Tensor1D> {
  const open = tf.equal(state.broken, 0);
  const smaller = tf.less(margin, state.margin);
  const accepted = stopWhenBroken
    ? tf.logicalAnd(open, tf.logicalOr(smaller, tf.lessEqual(margin, 0)))
    : smaller;
  const breaks = tf.logicalAnd(accepted, wrong);
  return {
    best: choose(accepted, candidate, state.best),
    margin: tf.where(accepted, margin, state.margin),
    broken: tf.maximum(tf.cast(breaks, 'float32'), state.broken),
    brokenAt: tf.where(
      tf.logicalAnd(breaks, open),
      tf.mul(iteration, tf.onesLike(margin)),
      state.brokenAt,
    ) as tf.Tensor1D,
  };
}
