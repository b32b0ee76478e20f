import type { Attack } from '../contracts/attack.js';
import type { BatchSource } from '../contracts/batch.js';
import type { Engine } from '../contracts/engine.js';
import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { Method, TeacherRole } from '../contracts/method.js';
import type { Mode, Model } from '../contracts/model.js';
import type { Objective } from '../contracts/objective.js';
import type { Optimizer, Schedule } from '../contracts/optimizer.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import type { NetworkWithValues } from './victim.js';

/** Everything a training is made of, already composed and loaded. */
export interface TrainingParts {
  readonly engine: Engine;
  readonly student: Model;
  readonly teachers: Readonly<Partial<Record<TeacherRole, NetworkWithValues>>>;
  readonly method: Method;
  /** Absent when the method trains on clean images only. */
  readonly innerAttack?: { readonly attack: Attack; readonly objective: Objective; readonly mode: Mode };
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batches: BatchSource;
  /** Held-out images, when the strategy asks for some. */
  readonly validation?: BatchSource;
  readonly classNames: readonly string[];
  /** The root stream of the run's seed. */
  readonly random: RandomStream;
}
