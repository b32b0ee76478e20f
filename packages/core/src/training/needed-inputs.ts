import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { LossInput, Method } from '../contracts/method.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';

/** All logits that somebody looks at in a training step. */
export function neededInputs(parts: {
  readonly method: Pick<Method, 'needs'>;
  readonly estimator?: Pick<DifficultyEstimator, 'needs'>;
  readonly strategy?: ReweightingStrategy;
}): ReadonlySet<LossInput> {
  return new Set([
    ...parts.method.needs,
    ...(parts.estimator?.needs ?? []),
    ...strategyInputs(parts.strategy),
  ]);
}

/** Those that a strategy measures or regularises. */
export function strategyInputs(strategy: ReweightingStrategy | undefined): readonly LossInput[] {
  return [...(strategy?.measure?.needs ?? []), ...(strategy?.regulariser?.needs ?? [])];
}
