import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TrajectoryObserver } from './attack.js';
import type { LossInput, LossInputs } from './method.js';

/** Sums over one epoch of training. */
export interface EpochSums {
  /** Per class, the sum of the estimator's per-example values: `[classes][columns]`. */
  readonly sums: readonly (readonly number[])[];
  /** Examples seen per class. */
  readonly counts: readonly number[];
}

export interface Difficulty {
  /** One number per class. */
  readonly values: readonly number[];
  /** Which end of the scale is hard: kappa is `lower`, a loss is `higher`. */
  readonly harder: 'lower' | 'higher';
  /** What the user should know about these numbers; shown after the first epoch. */
  readonly warning?: string;
}

/**
 * The component kind `estimator`: watches training and yields one difficulty per class and epoch. Core sums the
 * per-example values per class inside the training step; the sums are plain data and survive a resume.
 */
export interface DifficultyEstimator {
  /** Watches the inner attack, at no extra pass. */
  readonly trajectory?: TrajectoryObserver;
  /** Logits wanted beyond those the method has computed anyway; each costs what it costs. */
  readonly needs: readonly LossInput[];
  /** `[batch]` or `[batch, columns]`. Traced; `inputs.trajectory` holds this estimator's accumulators. */
  perExample(inputs: LossInputs): Tensor1D | Tensor2D;
  /** Called at the end of an epoch. */
  summarise(epoch: EpochSums): Difficulty;
}
