/** For programs that compose and run trainings; plugins never import it. */
import 'reflect-metadata'; // once per process, before any class that inversify decorates
export {
  createVictim,
  type NetworkVictim,
  type NetworkWithValues,
  type VictimOptions,
} from './training/victim.js';
export { train, trainedStudent, type TrainingHooks } from './training/train.js';
export { createTrainingEvents, type TrainingEvents } from './training/create-training-events.js';
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
  type EvaluationHooks,
  type Evaluator,
  type EvaluatorParts,
  type NamedAttack,
  type AttackResults,
} from './evaluation/evaluator.js';
export {
  readVerdicts,
  verdictLines,
  verdictsFile,
  type SampleVerdict,
} from './evaluation/stored/sample-verdict.js';
export {
  adversarialTensors,
  adversarialsFile,
  readAdversarials,
  type SavedAdversarials,
} from './evaluation/stored/saved-adversarials.js';
export { runChecks, type CheckOptions, type CheckResult } from './evaluation/checks/run-checks.js';
export { sanityChecks } from './evaluation/checks/sanity-checks.js';
export type { ProbeSettings } from './evaluation/checks/sanity-check.js';
export { recompute, type Recomputed } from './evaluation/recompute.js';
export type { FindingsStore } from './evaluation/attack-findings.js';
export { epochEvaluation } from './evaluation/epoch-evaluation.js';
export { selectionScore, type BestStudent, type Selection } from './evaluation/selection.js';
export {
  createRunDirectory,
  openRunDirectory,
  readRunConfig,
  type RunDirectory,
} from './run-directory/run-directory.js';
export { isFreeForRun } from './run-directory/is-free-for-run.js';
export { lockRun } from './run-directory/run-lock.js';
export { makeFolder } from './run-directory/make-folder.js';
export { writeAtomically } from './run-directory/write-atomically.js';
export { loadPlugins, importPlugin, type LoadedPlugin } from './composition/load-plugins.js';
export {
  locatePlugin,
  shortName,
  type LocatedPlugin,
  type PluginLookup,
  type PluginPlace,
} from './composition/plugin-lookup.js';
export { createContainer } from './composition/create-container.js';
export { tokens } from './composition/tokens.js';
export {
  Registry,
  variantName,
  type ContributedComponent,
  type ContributedPreset,
  type NamedComponent,
} from './composition/registry.js';
export { Composer } from './composition/composer.js';
export { chosenPresets, presetLayers } from './composition/preset-layers.js';
export { parseConfig, configFromSetting } from './composition/parse-config.js';
export { resolveConfig } from './composition/resolve-config.js';
export { resolveSlot } from './composition/resolve-slot.js';
export { schemaDefault, type ResolvedOptions } from './composition/resolve-options.js';
export {
  plainConfig,
  type ConfigLayer,
  type ResolvedComponent,
  type ResolvedConfig,
} from './composition/resolved-config.js';
export { attackByName, compose, composeEvaluation } from './composition/compose.js';
export type { Composition, TeacherChoice } from './composition/composition.js';
export { createInstance } from './composition/create-instance.js';
export { createEngine } from './composition/create-engine.js';
export { passesPerStep, type Passes, type PhaseCost, type StepCost } from './composition/passes-per-step.js';
export { describeOptions, type OptionDescription } from './composition/option-descriptions.js';
export { nearestNames, didYouMean } from './composition/nearest-names.js';
