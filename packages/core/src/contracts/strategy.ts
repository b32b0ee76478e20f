import type { Difficulty } from './estimator.js';
import type { ClassKnobs, KnobName } from './knobs.js';

/** Per-class results, fractions in [0, 1]; NaN for a class without examples. */
export interface ClassResults {
  readonly counts: readonly number[];
  readonly cleanAccuracy: readonly number[];
  readonly robustAccuracy: readonly number[];
  /** Mean per-example loss, all terms with their coefficients, before class weights. */
  readonly meanLoss: readonly number[];
}

/** What a strategy may look at when an epoch is over. Only what it declared in `needs` is filled in. */
export interface EpochEvidence {
  /** The epoch that just ended, 0-based. */
  readonly epoch: number;
  readonly classes: number;
  readonly difficulty?: Difficulty;
  readonly training?: ClassResults;
  readonly validation?: ClassResults;
}

export interface StrategyNeeds {
  readonly difficulty?: boolean;
  readonly training?: boolean;
  /** Training images per class to hold out; deterministic, never trained on. */
  readonly validationPerClass?: number;
}

/** Plain data only: it is written to checkpoints as JSON. */
export type PlainData =
  null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/**
 * The component kind `strategy`: turns difficulty and per-class results into the class knobs of the next epoch.
 * Pure: the state goes in and comes out.
 */
export interface ReweightingStrategy {
  readonly needs: StrategyNeeds;
  /** Knobs it turns; a method must honour them. */
  readonly knobs: readonly KnobName[];
  init(classes: number): PlainData;
  update(
    state: PlainData,
    evidence: EpochEvidence,
  ): { readonly state: PlainData; readonly knobs: Partial<ClassKnobs> };
}
