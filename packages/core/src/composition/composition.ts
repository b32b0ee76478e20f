import type { Attack } from '../contracts/attack.js';
import type { WeightAveraging } from '../contracts/averaging.js';
import type { Dataset } from '../contracts/dataset.js';
import type { Engine } from '../contracts/engine.js';
import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { Method, TeacherRole } from '../contracts/method.js';
import type { Architecture, Mode } from '../contracts/model.js';
import type { Objective } from '../contracts/objective.js';
import type { Optimizer, Schedule } from '../contracts/optimizer.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import type { NamedAttack } from '../evaluation/evaluator.js';
import type { ResolvedComponent, ResolvedConfig } from './resolved-config.js';

/** A teacher whose values are still on disk. */
export interface TeacherChoice {
  readonly architecture: Architecture;
  /** Path of a checkpoint or run directory, as the user gave it. */
  readonly checkpoint: string;
}

export interface EvaluationParts {
  readonly attacks: readonly NamedAttack[];
  /** Of the evaluations by which a student is selected, where they are others. */
  readonly selectAttacks?: readonly NamedAttack[];
  readonly objective: Objective;
}

/** Instances for a run, checked against each other; data and weights are not loaded yet. */
export interface Composition {
  readonly config: ResolvedConfig;
  readonly student: Architecture;
  /** Path of a checkpoint or run directory that the student goes on from. */
  readonly studentCheckpoint?: string;
  /** Those that the method, the objective, the estimator or the strategy need. */
  readonly teachers: Readonly<Partial<Record<TeacherRole, TeacherChoice>>>;
  readonly dataset: Dataset;
  readonly method: Method;
  readonly innerAttack?: { readonly attack: Attack; readonly objective: Objective; readonly mode: Mode };
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly averaging?: WeightAveraging;
  /** Images that strategy or averaging want held out of training. */
  readonly heldOut?: { readonly perClass: number; readonly from: 'first' | 'last' };
  /** Attack on held-out images, where it is not the inner attack. */
  readonly validationAttack?: {
    readonly attack: Attack;
    readonly objective: Objective;
    readonly objectiveId: string;
  };
  readonly evaluation: EvaluationParts;
  /** Filled slots that this run does not use. */
  readonly unused: readonly ResolvedComponent[];
  /** What is odd about the run without being wrong, one sentence each; for `ard explain` and before a training. */
  readonly notes: readonly string[];
  /** Starts the engine; importing it is the expensive part, so explaining a run does not. */
  createEngine(): Promise<Engine>;
}
