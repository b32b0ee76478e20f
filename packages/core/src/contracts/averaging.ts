import type { InnerAttackDefaults } from './method.js';
import type { TrainingPosition } from './optimizer.js';
import type { ClassResults } from './strategy.js';

/** When an average may take the student in. */
export interface AveragingMoment {
  /** The step that was just made. */
  readonly position: TrainingPosition;
  /** How often the average has been updated so far. */
  readonly updates: number;
  /** Results of the student on held-out images, for averages that declare `validationPerClass`. */
  readonly validation?: ClassResults;
}

/**
 * The component kind `averaging`: a running average over all values of the student, running statistics included.
 * Once there is one, it is what gets evaluated and exported; training itself goes on undisturbed.
 */
export interface WeightAveraging {
  /** Asked after every step, or at the end of every epoch. */
  readonly every: 'step' | 'epoch';
  /** Training images per class to hold out. */
  readonly validationPerClass?: number;
  /**
   * What the inner attack maximises on them, where that is not its own objective. A strategy that looks at held-out
   * images, too, decides instead: they are attacked once.
   */
  readonly validationObjective?: InnerAttackDefaults['objective'];
  /**
   * Share of the former average that stays, in [0, 1); the rest is the student's. `undefined` leaves the average
   * alone. The first update copies the student, whatever the share.
   */
  keep(moment: AveragingMoment): number | undefined;
}
