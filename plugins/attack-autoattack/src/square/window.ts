import * as tf from '@tensorflow/tfjs-core';

/** Square windows, one per example: 1 inside and 0 outside, `[batch, height, width, 1]`. */
export function windowMask(
  top: tf.Tensor,
  left: tf.Tensor,
  side: tf.Tensor,
  [height, width]: readonly [number, number],
): tf.Tensor4D {
  const rows = tf.reshape(covered(top, side, height), [-1, height, 1, 1]);
  const columns = tf.reshape(covered(left, side, width), [-1, 1, width, 1]);
  return tf.mul(rows, columns);
}

/** 1 on `side` places from `from` `[batch]` on, 0 elsewhere, `[batch, length]`. */
export function covered(from: tf.Tensor, side: tf.Tensor, length: number): tf.Tensor {
  const at = tf.range(0, length, 1, 'float32');
  const first = tf.reshape(from, [-1, 1]);
  return tf.cast(tf.logicalAnd(tf.greaterEqual(at, first), tf.less(at, tf.add(first, side))), 'float32');
}

/** First row or column from a number in [0, 1): as in the released code the last place is never drawn. */
export function placeOf(number: number, extent: number, side: number): number {
  return Math.floor(number * (extent - side));
}

/** −1 or 1 from a number in [0, 1). */
export function signOf(number: number): number {
  return number < 0.5 ? -1 : 1;
}
