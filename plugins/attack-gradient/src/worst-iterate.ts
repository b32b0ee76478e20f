import { hostArray, type AttackBatch, type NdArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { misclassified } from './misclassified.js';

/** The worst image of each example so far: one that is misclassified before one that is not, then the higher loss. */
export type Worst<Image, PerExample> = {
  readonly images: Image;
  readonly loss: PerExample;
  /** 0 or 1. */
  readonly wrong: PerExample;
};

/** Nothing yet; any iterate is worse. */
export function noWorst(batch: AttackBatch): Worst<NdArray, NdArray> {
  const count = batch.labels.shape[0]!;
  return {
    images: batch.images,
    loss: hostArray(new Float32Array(count).fill(-1e30), [count]),
    wrong: hostArray(new Float32Array(count), [count]),
  };
}

/** The worse of the worst and an iterate. Traced. */
export function worse(
  worst: Worst<tf.Tensor4D, tf.Tensor1D>,
  iterate: { readonly images: tf.Tensor4D; readonly logits: tf.Tensor2D; readonly loss: tf.Tensor1D },
  labels: tf.Tensor1D,
): Worst<tf.Tensor4D, tf.Tensor1D> {
  const wrong = tf.cast(misclassified(iterate.logits, labels), 'float32') as tf.Tensor1D;
  const replaces = tf.logicalOr(
    tf.greater(wrong, worst.wrong),
    tf.logicalAnd(tf.equal(wrong, worst.wrong), tf.greater(iterate.loss, worst.loss)),
  );
  return replaced(worst, { ...iterate, wrong }, replaces);
}

/** The same, but an image that is misclassified stays, whatever comes after it. Traced. */
export function worseUnlessWrong(
  worst: Worst<tf.Tensor4D, tf.Tensor1D>,
  iterate: Parameters<typeof worse>[1],
  labels: tf.Tensor1D,
): Worst<tf.Tensor4D, tf.Tensor1D> {
  const wrong = tf.cast(misclassified(iterate.logits, labels), 'float32') as tf.Tensor1D;
  const replaces = tf.logicalAnd(
    tf.equal(worst.wrong, 0),
    tf.logicalOr(tf.greater(wrong, 0), tf.greater(iterate.loss, worst.loss)),
  );
  return replaced(worst, { ...iterate, wrong }, replaces);
}

function replaced(
  worst: Worst<tf.Tensor4D, tf.Tensor1D>,
  iterate: Worst<tf.Tensor4D, tf.Tensor1D>,
  replaces: tf.Tensor,
): Worst<tf.Tensor4D, tf.Tensor1D> {
  return {
    images: tf.where(tf.reshape(replaces, [-1, 1, 1, 1]), iterate.images, worst.images),
    loss: tf.where(replaces, iterate.loss, worst.loss),
    wrong: tf.where(replaces, iterate.wrong, worst.wrong),
  };
}
