import * as tf from '@tensorflow/tfjs-core';

/** One number per example, ready to meet images. */
export function column(perExample: tf.Tensor): tf.Tensor4D {
  return tf.reshape(perExample, [-1, 1, 1, 1]);
}

/** `[batch, pixels]`. */
export function flat(images: tf.Tensor4D): tf.Tensor2D {
  const [batch, ...rest] = images.shape;
  return tf.reshape(images, [batch, rest.reduce((product, extent) => product * extent, 1)]);
}

/**
 * The same values as one row of pixels per example. What happens to every pixel alike runs over long rows and needs no
 * transposition where the network wants its channels elsewhere.
 */
export function inRows(images: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  return tf.reshape(images, [batch, 1, 1, height * width * channels]);
}

/** Sign made of comparisons: sign(0) is 0, and a NaN would not turn into 0 unseen. */
export function signOf<T extends tf.Tensor>(values: T): T {
  const positive = tf.cast(tf.greater(values, 0), 'float32');
  const negative = tf.cast(tf.less(values, 0), 'float32');
  return tf.sub(positive, negative);
}

/** Which way each pixel must go to bring `normal · x` down by `excess`, and how far it is to the box there. */
export function roomToBox(
  points: tf.Tensor4D,
  normal: tf.Tensor4D,
  excess: tf.Tensor1D,
): { readonly direction: tf.Tensor2D; readonly room: tf.Tensor2D } {
  const direction = tf.neg(tf.mul(signOf(flat(normal)), signOf(tf.reshape(excess, [-1, 1]))));
  const start = flat(points);
  const room = tf.where(tf.greater(direction, 0), tf.sub(1, start), start);
  return { direction: direction as tf.Tensor2D, room: room as tf.Tensor2D };
}

/** Whole images, by a condition `[batch]`. */
export function choose(condition: tf.Tensor, yes: tf.Tensor4D, no: tf.Tensor4D): tf.Tensor4D {
  return tf.where(tf.reshape(condition, [-1, 1, 1, 1]), yes, no);
}
