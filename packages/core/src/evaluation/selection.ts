import type { EpochEvaluation } from '../training/training-events.js';

/** By what the best student of a training is told; `last` keeps none but the last. */
export const selections = ['last', 'robust', 'robust+worst', 'clean+robust'] as const;

export type Selection = (typeof selections)[number];

/** The student that did best so far, and how it did; plain data. */
export interface BestStudent {
  /** After which it was evaluated, 0-based. */
  readonly epoch: number;
  readonly score: number;
  readonly evaluation: EpochEvaluation;
}

/**
 * What a selection compares: average robust accuracy, that plus the worst class's, or that plus clean accuracy.
 * Larger is better; NaN without examples.
 */
export function selectionScore(
  selection: Selection,
  evaluation: Pick<EpochEvaluation, 'cleanAccuracy' | 'robustAccuracy' | 'worstClassRobustAccuracy'>,
): number {
  const { cleanAccuracy, robustAccuracy, worstClassRobustAccuracy } = evaluation;
  if (selection === 'robust+worst') return robustAccuracy + worstClassRobustAccuracy;
  if (selection === 'clean+robust') return cleanAccuracy + robustAccuracy;
  return robustAccuracy;
}

/** The candidate where it beats the best so far; of equals the earlier one stays. */
export function betterOf(best: BestStudent | undefined, candidate: BestStudent): BestStudent | undefined {
  return candidate.score > (best?.score ?? -Infinity) ? candidate : best;
}
