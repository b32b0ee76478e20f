import * as tf from '@tensorflow/tfjs-core';
import { linf } from '../norms/linf.js';
import { choose, column } from '../norms/shapes.js';

/** The change that one iteration tries; each example has its own. */
export type Window<PerExample, PerChannel, Value> = {
  /** First row and column, `[batch]`. */
  readonly top: PerExample;
  readonly left: PerExample;
  /** −1 or 1, `[batch, channels]`. */
  readonly signs: PerChannel;
  /** Pixels; 0 changes nothing. */
  readonly side: Value;
};

export type SquareState<Image, PerExample> = {
  /** The image of the smallest margin so far. */
  readonly best: Image;
  readonly margin: PerExample;
  readonly broken: PerExample;
  readonly brokenAt: PerExample;
};

/** Moves the window by twice the radius, which brings every pixel in it to the edge of the ball. */
export function squareCandidate(
  best: tf.Tensor4D,
  batch: { readonly images: tf.Tensor4D; readonly epsilon: tf.Tensor1D },
  { top, left, signs, side }: Window<tf.Tensor1D, tf.Tensor2D, tf.Scalar>,
): tf.Tensor4D {
  const [, height, width, channels] = best.shape;
  const inside = (from: tf.Tensor1D, length: number): tf.Tensor2D => {
    const at = tf.range(0, length, 1, 'float32');
    const first = tf.reshape(from, [-1, 1]);
    const covered = tf.logicalAnd(tf.greaterEqual(at, first), tf.less(at, tf.add(first, side)));
    return tf.cast(covered, 'float32') as tf.Tensor2D;
  };
  const rows = tf.reshape(inside(top, height), [-1, height, 1, 1]);
  const columns = tf.reshape(inside(left, width), [-1, 1, width, 1]);
  const window = tf.mul(tf.mul(rows, columns), tf.reshape(signs, [-1, 1, 1, channels]));
  const changed = tf.add(best, tf.mul(window, tf.mul(column(batch.epsilon), 2)));
  return linf.project(changed as tf.Tensor4D, batch.images, batch.epsilon);
}

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
