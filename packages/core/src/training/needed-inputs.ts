import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { LossInput, Method } from '../contracts/method.js';
import type { Objective } from '../contracts/objective.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { needsOf } from './phases.js';

/** All logits that somebody looks at in a training step of a phase. */
export function neededInputs(
  parts: {
    readonly method: Pick<Method, 'needs' | 'needsInPhase'>;
    readonly estimator?: Pick<DifficultyEstimator, 'needs'>;
    readonly strategy?: ReweightingStrategy;
    /** Of the attack. */
    readonly objective?: Pick<Objective, 'references'>;
  },
  phase: string,
): ReadonlySet<LossInput> {
  return new Set([
    ...(parts.objective?.references ?? []).filter((reference) => reference === 'teacherCleanLogits'),
    ...needsOf(parts.method, phase),
    ...(parts.estimator?.needs ?? []),
    ...strategyInputs(parts.strategy),
  ]);
}

/** Those that a strategy measures or regularises. */
export function strategyInputs(strategy: ReweightingStrategy | undefined): readonly LossInput[] {
  return [...(strategy?.measure?.needs ?? []), ...(strategy?.regulariser?.needs ?? [])];
}
