import type { Attack } from '../contracts/attack.js';
import type { WeightAveraging } from '../contracts/averaging.js';
import type { BatchSource } from '../contracts/batch.js';
import type { Engine } from '../contracts/engine.js';
import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { Method, TeacherRole } from '../contracts/method.js';
import type { Mode, Model, Variables } from '../contracts/model.js';
import type { Objective } from '../contracts/objective.js';
import type { Optimizer, Schedule } from '../contracts/optimizer.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import type { NetworkWithValues } from './victim.js';

/** Everything a training is made of, already composed and loaded. */
export interface TrainingParts {
  readonly engine: Engine;
  readonly student: Model;
  /** Values to start from; freshly initialised ones when absent. */
  readonly initialStudent?: Variables;
  readonly teachers: Readonly<Partial<Record<TeacherRole, NetworkWithValues>>>;
  readonly method: Method;
  /** Absent when the method trains on clean images only. */
  readonly innerAttack?: { readonly attack: Attack; readonly objective: Objective; readonly mode: Mode };
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly averaging?: WeightAveraging;
  readonly batches: BatchSource;
  /** Held-out images, when the strategy or the averaging asks for some. */
  readonly validation?: BatchSource;
  /** Attack on them, where it is not the inner attack. */
  readonly validationAttack?: { readonly attack: Attack; readonly objective: Objective };
  readonly classNames: readonly string[];
  /** The root stream of the run's seed. */
  readonly random: RandomStream;
}
