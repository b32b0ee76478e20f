/** For programs that compose and run trainings; plugins never import it. */
export {
  createVictim,
  type NetworkVictim,
  type NetworkWithValues,
  type VictimOptions,
} from './training/victim.js';
export { train, type TrainingHooks } from './training/train.js';
export type { TrainingParts } from './training/training-parts.js';
export { trainStep, type TrainStepInputs, type TrainStepOutputs } from './training/train-step.js';
export type { TrainingState, TrainingProgress } from './training/training-state.js';
export { trainingOptions, type TrainingOptions } from './training/training-options.js';
export { valueAndGradients } from './training/value-and-gradients.js';
export { startObservers, observeAll, accumulatorsOf, type NamedObservers } from './training/observers.js';
export { evaluationOptions, type EvaluationOptions } from './evaluation/evaluation-options.js';
export { classMetrics, type ClassMetrics } from './evaluation/class-metrics.js';
export {
  createEvaluator,
  type Evaluation,
  type Evaluator,
  type EvaluatorParts,
  type NamedAttack,
  type AttackResults,
} from './evaluation/evaluator.js';
export { epochEvaluation } from './evaluation/epoch-evaluation.js';
export {
  createRunDirectory,
  openRunDirectory,
  readRunConfig,
  type RunDirectory,
} from './run-directory/run-directory.js';
export { writeAtomically } from './run-directory/write-atomically.js';
