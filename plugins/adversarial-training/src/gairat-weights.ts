import * as tf from '@tensorflow/tfjs-core';

export const gairatWeightings = ['tanh', 'sigmoid', 'discrete'] as const;

export interface GairatWeightSettings {
  readonly weighting: (typeof gairatWeightings)[number];
  /** Λ: larger is more alike. */
  readonly lambda: number;
}

/**
 * Instance weights of GAIRAT (Zhang et al., ICLR 2021) from kappa, the number of correct iterates among N; small kappa
 * is close to the decision boundary and weighs more. With `u = Λ + (⌊N/2⌋ − κ) · 5 / ⌊N/2⌋`:
 *
 *     tanh: (tanh u + 1) / 2     sigmoid: 1 / (1 + e^−u)     discrete: (N + 1 − κ) / (N + 1)
 *
 * divided by their mean over the batch. Traced; constants, since kappa has no gradient.
 *
 * @param kappa `[batch]`
 * @param iterates N of each example, `[batch]`
 * @returns `[batch]`, mean 1
 */
export function gairatWeights(
  kappa: tf.Tensor1D,
  iterates: tf.Tensor1D,
  { weighting, lambda }: GairatWeightSettings,
): tf.Tensor1D {
  const raw = rawWeights(kappa, iterates, { weighting, lambda });
  return tf.div(raw, tf.mean(raw));
}

function rawWeights(
  kappa: tf.Tensor1D,
  iterates: tf.Tensor1D,
  { weighting, lambda }: GairatWeightSettings,
): tf.Tensor1D {
  if (weighting === 'discrete') {
    const levels = tf.add(iterates, 1);
    return tf.div(tf.sub(levels, kappa), levels);
  }
  // 1 for attacks of a single step, whose half is 0
  const half = tf.maximum(tf.floor(tf.div(iterates, 2)), 1);
  const u: tf.Tensor1D = tf.add(tf.mul(tf.div(tf.sub(half, kappa), half), 5), lambda);
  // (tanh u + 1) / 2 is the sigmoid of 2u, and keeps its digits where tanh is near -1
  return tf.sigmoid(weighting === 'tanh' ? tf.mul<tf.Tensor1D>(u, 2) : u);
}
