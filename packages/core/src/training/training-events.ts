import type { ClassKnobs } from '../contracts/knobs.js';
import type { Difficulty } from '../contracts/estimator.js';
import type { ClassResults, PlainData } from '../contracts/strategy.js';

export interface RunStarted {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly classNames: readonly string[];
  /** Where training goes on; 0 and 0 for a new run. */
  readonly from: { readonly epoch: number; readonly step: number };
}

export interface StepFinished {
  /** Both 0-based. */
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** Mean of each term with its weights, before its coefficient. */
  readonly terms: Readonly<Record<string, number>>;
  /** Fractions of this batch. */
  readonly cleanAccuracy: number | undefined;
  readonly robustAccuracy: number | undefined;
  readonly learningRate: number;
}

export interface EpochFinished {
  readonly epoch: number;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly training: ClassResults;
  /** On held-out images, when a strategy or an averaging looks at them. */
  readonly validation?: ClassResults;
  readonly difficulty: Difficulty | undefined;
  /** Knobs that were in force during this epoch, and those of the next one. */
  readonly knobs: ClassKnobs;
  readonly nextKnobs: ClassKnobs;
  readonly methodState: Readonly<Record<string, readonly number[]>>;
  /** What the strategy remembers after this epoch. */
  readonly strategyState?: PlainData;
  /** How often the running average of the student has been updated. */
  readonly averageUpdates?: number;
  readonly learningRate: number;
  /** Epoch and score of the best student so far, where one is selected. */
  readonly best?: { readonly epoch: number; readonly score: number };
  /** On held-out or test images, when an evaluation was due. */
  readonly evaluation: EpochEvaluation | undefined;
}

export interface EpochEvaluation {
  readonly attack: string;
  readonly count: number;
  readonly cleanAccuracy: number;
  readonly robustAccuracy: number;
  readonly worstClassRobustAccuracy: number;
  readonly perClass: ClassResults;
}

export interface CheckpointSaved {
  readonly path: string;
  readonly epoch: number;
  readonly step: number;
}

export interface EvaluationProgress {
  /** Images whose verdict is final. */
  readonly done: number;
  readonly total: number;
  /** The attack that begins, with its part; empty between pools of images. */
  readonly attack: string;
  /** Images that it still has to break. */
  readonly standing?: number;
  /** Samples times steps of attacks per second so far. */
  readonly stepsPerSecond?: number;
}

/** Everything a run tells; one typed event each. */
export interface TrainingEventMap {
  start: RunStarted;
  step: StepFinished;
  epoch: EpochFinished;
  evaluating: EvaluationProgress;
  checkpoint: CheckpointSaved;
  warning: { readonly message: string };
  end: { readonly stopped: boolean };
}

/** The same as listeners, the form in which eventemitter3 checks `emit` and `on`. */
export type TrainingListeners = {
  [Name in keyof TrainingEventMap]: (event: TrainingEventMap[Name]) => void;
};
