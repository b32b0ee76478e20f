import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Difficulty, EpochSums } from './estimator.js';
import type { ClassKnobs, KnobName } from './knobs.js';
import type { InnerAttackDefaults, LossInput, LossInputs } from './method.js';

/** Per-class results, fractions in [0, 1]; NaN for a class without examples, and where such images were not looked at. */
export interface ClassResults {
  readonly counts: readonly number[];
  readonly cleanAccuracy: readonly number[];
  readonly robustAccuracy: readonly number[];
  /** Mean per-example loss, all terms with their coefficients, before class weights. */
  readonly meanLoss: readonly number[];
}

/** What a strategy may look at when an epoch is over. Only what it declared in `needs` is filled in. */
export interface EpochEvidence {
  /** The epoch that just ended, 0-based; -1 before the first one, for {@link StrategyNeeds.beforeTraining}. */
  readonly epoch: number;
  readonly classes: number;
  readonly difficulty?: Difficulty;
  readonly training?: ClassResults;
  /** Results of the student in eval mode on held-out images, under the inner attack and the method's loss. */
  readonly validation?: ClassResults;
  /** Sums of {@link ReweightingStrategy.measure} over the epoch. */
  readonly measured?: EpochSums;
}

export interface StrategyNeeds {
  readonly difficulty?: boolean;
  readonly training?: boolean;
  /** Training images per class to hold out; deterministic, never trained on. */
  readonly validationPerClass?: number;
  /** Whether they are the first (default) or the last images of each class. */
  readonly validationFrom?: 'first' | 'last';
  /** Attack on the held-out images, where it is not the inner attack; its `mode` is eval. */
  readonly validationAttack?: Pick<InnerAttackDefaults, 'attack' | 'objective'>;
  /** Calls `update` once before the first epoch, with validation results of the initial student only. */
  readonly beforeTraining?: boolean;
}

/** Plain data only: it is written to checkpoints as JSON. */
export type PlainData =
  null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/** Per-example values that the trainer sums per class and epoch for a strategy. */
export interface ClassMeasure {
  readonly needs: readonly LossInput[];
  /** `[batch]` or `[batch, columns]`. Traced. */
  perExample(inputs: LossInputs): Tensor1D | Tensor2D;
}

/** A term of the loss that only a whole batch has, such as the variance of class means. */
export interface Regulariser {
  readonly name: string;
  readonly coefficient: number;
  readonly needs: readonly LossInput[];
  /** Traced; gradients flow to the student. */
  value(inputs: LossInputs): Scalar;
}

/**
 * The component kind `strategy`: turns difficulty and per-class results into the class knobs of the next epoch.
 * Pure: the state goes in and comes out.
 */
export interface ReweightingStrategy {
  readonly needs: StrategyNeeds;
  /** Knobs it turns; a method must honour them. */
  readonly knobs: readonly KnobName[];
  /** What weighted losses are divided by: the number of examples (default), or the sum of their weights. */
  readonly meanOver?: 'examples' | 'weights';
  /** Whose factor `stepSize` an example's step gets: its own class's (default), or the largest in the batch. */
  readonly stepSizeOf?: 'example' | 'batch';
  readonly measure?: ClassMeasure;
  readonly regulariser?: Regulariser;
  /**
   * First epoch, counted from 0, in which it may treat classes differently. Where absent that is epoch 1, since knobs
   * come from the epoch before; or 0 for those with initial knobs, a regulariser, or an update before training.
   */
  readonly begin?: number;
  init(classes: number): PlainData;
  /** Knobs of the first epoch; neutral ones when absent. */
  initialKnobs?(classes: number): Partial<ClassKnobs>;
  update(
    state: PlainData,
    evidence: EpochEvidence,
  ): { readonly state: PlainData; readonly knobs: Partial<ClassKnobs> };
}
