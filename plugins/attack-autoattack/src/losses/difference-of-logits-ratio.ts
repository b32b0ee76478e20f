import { margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';

const smallest = 1e-12;

/**
 * Difference of logits ratio (Croce and Hein, ICML 2020, eq. 6), maximised:
 * `−(z_label − max over other classes of z) / (z_π1 − z_π3)`, π the classes in descending order. Above 0 exactly
 * where the network is wrong; unlike cross-entropy it does not vanish when logits are scaled up.
 *
 * @param logits `[batch, classes]`, three classes or more
 * @returns `[batch]`
 */
export function differenceOfLogitsRatio(logits: tf.Tensor2D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  const [first, , third] = ranked(logits, 3);
  const scale = tf.add(tf.sub(first!, third!), smallest);
  return tf.neg(tf.div(margin(logits, oneHotLabels), scale));
}

/**
 * Its targeted form (eq. 7): `−(z_label − z_target) / (z_π1 − (z_π3 + z_π4) / 2)`.
 *
 * @param logits `[batch, classes]`, four classes or more
 */
export function targetedDifferenceOfLogitsRatio(
  logits: tf.Tensor2D,
  oneHotLabels: tf.Tensor2D,
  oneHotTargets: tf.Tensor2D,
): tf.Tensor1D {
  const [first, , third, fourth] = ranked(logits, 4);
  const lead = tf.sum(tf.mul(logits, tf.sub(oneHotLabels, oneHotTargets)), 1);
  const scale = tf.add(tf.sub(first!, tf.div(tf.add(third!, fourth!), 2)), smallest);
  return tf.neg(tf.div(lead, scale));
}

/** The largest, second largest … logit of each example, `[batch]` each, differentiable. */
function ranked(logits: tf.Tensor2D, count: number): tf.Tensor1D[] {
  const places = tf.customGrad((values) => ({
    value: placesOf(values as tf.Tensor2D, count),
    // which class comes where is not differentiable, and tfjs has no gradient of arg-max
    gradFunc: () => tf.zerosLike(values as tf.Tensor),
  }))(logits);
  const values = tf.sum(tf.mul(places, tf.expandDims(logits, 1)), 2);
  return tf.unstack(values, 1) as tf.Tensor1D[];
}

/** `[batch, count, classes]`: one-hot row r marks the class of rank r. */
function placesOf(logits: tf.Tensor2D, count: number): tf.Tensor3D {
  const classes = logits.shape[1];
  const places: tf.Tensor2D[] = [];
  let rest: tf.Tensor2D = logits;
  for (let rank = 0; rank < count; rank++) {
    const place = tf.cast(tf.oneHot(tf.cast(tf.argMax(rest, 1), 'int32'), classes), 'float32') as tf.Tensor2D;
    places.push(place);
    rest = tf.sub(rest, tf.mul(place, 1e30));
  }
  return tf.stack(places, 1) as tf.Tensor3D;
}
