import type { TrainingEventMap } from '../training/training-events.js';

/** The component kind `tracker`: receives training events and takes them somewhere. */
export interface Tracker {
  /** Called for every event; must not throw and must not wait. */
  record<Name extends keyof TrainingEventMap>(name: Name, event: TrainingEventMap[Name]): void;
  /** Called once when the run ends. */
  close(): Promise<void>;
}
