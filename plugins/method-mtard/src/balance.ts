import { stopGradient } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';

type State = Readonly<Record<string, tf.Tensor>>;

/** What the balance carries from step to step: scalars. */
export const initialBalance = {
  cleanWeight: { shape: [], values: [0.5] },
  /** Losses of the very first batch; meaningless before `started` is 1. */
  firstAdversarialLoss: { shape: [], values: [0] },
  firstCleanLoss: { shape: [], values: [0] },
  started: { shape: [], values: [0] },
} as const;

export interface BalanceInputs {
  readonly state: State;
  /** Means over this batch, as they enter the loss. */
  readonly adversarialLoss: tf.Scalar;
  readonly cleanLoss: tf.Scalar;
  readonly rate: tf.Scalar;
}

export interface Balance {
  readonly adversarialWeight: tf.Scalar;
  readonly cleanWeight: tf.Scalar;
  readonly state: State;
}

// keeps 0 / 0 of a student that equals its teachers finite
const tiny = 1e-12;

/**
 * The balance of MTARD (Zhao et al., ECCV 2022) between adversarial and clean loss, one step of it. Whichever loss has
 * fallen less since the first batch gains weight:
 *
 *     r = loss / loss of the first batch
 *     w_clean ← w_clean − rate · (w_clean − r_clean / (r_adversarial + r_clean)),  w_adversarial = 1 − w_clean
 *
 * The new weights are for this very step. No gradient flows through them. B-MTARD updates both weights by this rule,
 * with relative losses over their mean, cuts at 0 and scales to sum 1; with a rate of at most 1 that is the same.
 * Traced.
 */
export function updateBalance({ state, adversarialLoss, cleanLoss, rate }: BalanceInputs): Balance {
  const started = state.started!;
  const first = (stored: tf.Tensor, now: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(started, stored), tf.mul(tf.sub(1, started), now));
  const [adversarial, clean] = [stopGradient(adversarialLoss), stopGradient(cleanLoss)];
  const firstAdversarialLoss = first(state.firstAdversarialLoss!, adversarial);
  const firstCleanLoss = first(state.firstCleanLoss!, clean);
  const relativeAdversarial = tf.div(adversarial, tf.maximum(firstAdversarialLoss, tiny));
  const relativeClean = tf.div(clean, tf.maximum(firstCleanLoss, tiny));
  const goal = tf.div(relativeClean, tf.maximum(tf.add(relativeAdversarial, relativeClean), tiny));
  const before = state.cleanWeight!;
  const cleanWeight: tf.Scalar = tf.sub(before, tf.mul(rate, tf.sub(before, goal)));
  return {
    adversarialWeight: tf.sub(1, cleanWeight),
    cleanWeight,
    state: { cleanWeight, firstAdversarialLoss, firstCleanLoss, started: tf.onesLike(started) },
  };
}
