import * as tf from '@tensorflow/tfjs-core';
import type { Norm } from '../norms/norm.js';
import { choose, column, inRows } from '../norms/shapes.js';

/** The decision boundary towards another class, linearised at the iterate. */
export interface Boundary {
  /** `z_other − z_label` at the iterate, `[batch]`; the boundary is where it is 0. */
  readonly difference: tf.Tensor1D;
  readonly gradient: tf.Tensor4D;
}

export interface FabConstants {
  /** Largest share of the move towards the clean image's projection. */
  readonly alphaMax: number;
  /** How far beyond the boundary a move goes, 1 being onto it. */
  readonly overshoot: number;
  /** What is left of the perturbation after a step back from an adversarial image. */
  readonly backward: number;
}

/** α_max, η and β of the paper's ℓ∞ and ℓ2 experiments and of AutoAttack. */
export const fabConstants: FabConstants = { alphaMax: 0.1, overshoot: 1.05, backward: 0.9 };

// lengths below are taken for this, so that their ratio exists
const shortest = 1e-8;

/**
 * One move of FAB (Croce and Hein, ICML 2020 "Minimally distorted adversarial examples", algorithm 1): towards the
 * linearised boundary, with a pull towards the point of the boundary nearest to the clean image.
 */
export function fabMove(
  from: tf.Tensor4D,
  original: tf.Tensor4D,
  { difference, gradient: slope }: Boundary,
  norm: Norm,
  { alphaMax, overshoot }: FabConstants = fabConstants,
): tf.Tensor4D {
  const [iterate, images, gradient] = [inRows(from), inRows(original), inRows(slope)];
  // the move must raise the difference to 0: `−gradient · x` has to fall by −difference
  const away = tf.neg(gradient);
  const fromIterate = norm.toHyperplane(iterate, away, tf.neg(difference));
  const gap = tf.mul(gradient, tf.sub(images, iterate)) as tf.Tensor4D;
  const differenceAtClean = tf.add(difference, tf.sum(gap, [1, 2, 3]));
  const fromClean = norm.toHyperplane(images, away, tf.neg(differenceAtClean) as tf.Tensor1D);

  const own = tf.maximum(norm.length(fromIterate), shortest);
  const clean = tf.maximum(norm.length(fromClean), shortest);
  const alpha = column(tf.clipByValue(tf.div(own, tf.add(own, clean)), 0, alphaMax));
  const ahead = tf.add(iterate, tf.mul(fromIterate, overshoot));
  const anchored = tf.add(images, tf.mul(fromClean, overshoot));
  const mixed = tf.add(tf.mul(ahead, tf.sub(1, alpha)), tf.mul(anchored, alpha));
  return tf.reshape(tf.clipByValue(mixed as tf.Tensor4D, 0, 1), from.shape);
}

export type FabState<Image, PerExample> = {
  readonly iterate: Image;
  /** The nearest image found that the network is wrong about, and its distance; 1e10 before there is one. */
  readonly adversarial: Image;
  readonly distance: PerExample;
  /** 1 where that distance is inside the ball. */
  readonly broken: PerExample;
  readonly brokenAt: PerExample;
};

/**
 * Books an iterate that has moved, and steps back from adversarial ones.
 *
 * @param wrong where the network is wrong about `moved`; bool `[batch]`
 * @param stopWhenBroken a result inside the ball is kept as it is
 */
export function fabBooking(
  state: FabState<tf.Tensor4D, tf.Tensor1D>,
  moved: tf.Tensor4D,
  wrong: tf.Tensor1D,
  batch: { readonly images: tf.Tensor4D; readonly epsilon: tf.Tensor1D },
  options: { readonly norm: Norm; readonly stopWhenBroken: boolean; readonly iteration: tf.Scalar },
): FabState<tf.Tensor4D, tf.Tensor1D> {
  const { epsilon } = batch;
  const [images, point] = [inRows(batch.images), inRows(moved)];
  const change = tf.sub(point, images) as tf.Tensor4D;
  const distance = options.norm.length(change);
  const open = options.stopWhenBroken ? tf.equal(state.broken, 0) : tf.onesLike(wrong);
  const closer = tf.logicalAnd(tf.logicalAnd(wrong, tf.less(distance, state.distance)), open);
  const nearest = tf.where(closer, distance, state.distance) as tf.Tensor1D;
  const broken = tf.cast(tf.lessEqual(nearest, epsilon), 'float32');
  const isFirst = tf.logicalAnd(tf.greater(broken, 0), tf.equal(state.broken, 0));
  const back = tf.add(images, tf.mul(change, fabConstants.backward)) as tf.Tensor4D;
  const asBefore = (rows: tf.Tensor4D): tf.Tensor4D => tf.reshape(rows, moved.shape);
  return {
    iterate: asBefore(choose(wrong, back, point)),
    adversarial: asBefore(choose(closer, point, inRows(state.adversarial))),
    distance: nearest,
    broken: tf.maximum(broken, state.broken) as tf.Tensor1D,
    brokenAt: tf.where(
      isFirst,
      tf.mul(options.iteration, tf.onesLike(nearest)),
      state.brokenAt,
    ) as tf.Tensor1D,
  };
}
