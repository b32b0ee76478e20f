import type { ClassKnobs } from '../contracts/knobs.js';
import type { Variables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { PlainData } from '../contracts/strategy.js';
import type { BestStudent } from '../evaluation/selection.js';
import type { EpochEvaluation } from './training-events.js';
import type { RunningSums } from './epoch-sums.js';

/**
 * Where a training stands, complete: a run continued from it gives the weights of one that was never stopped,
 * bit for bit. Taken between steps.
 */
export interface TrainingState {
  readonly student: Variables;
  readonly optimizer: Readonly<Record<string, NdArray>>;
  readonly methodState: Readonly<Record<string, NdArray>>;
  /** The running average of the student, once there is one. */
  readonly average?: Variables;
  readonly progress: TrainingProgress;
}

/** The part of the state that is plain data. */
export interface TrainingProgress {
  /** The next step to run, 0-based. `step` 0 of epoch `epochs` means finished. */
  readonly epoch: number;
  readonly step: number;
  readonly knobs: ClassKnobs;
  readonly strategyState: PlainData;
  readonly sums: RunningSums;
  /** How often the average has been updated. */
  readonly averageUpdates: number;
  /** The best student so far, where one is selected; its values are kept in a file of their own. */
  readonly best?: BestStudent;
  /** The last evaluation, if any. */
  readonly evaluation?: EpochEvaluation;
}
