import type { EpochEvaluation } from '../training/training-events.js';
import { classMetrics } from './class-metrics.js';
import type { Evaluation } from './evaluator.js';

/** The short form of an evaluation that goes into the training log. */
export function epochEvaluation(evaluation: Evaluation): EpochEvaluation {
  const clean = classMetrics(evaluation.cleanCorrect, evaluation.counts);
  const robust = classMetrics(evaluation.robustCorrect, evaluation.counts);
  return {
    attack: evaluation.attacks.map(({ description }) => description).join('; '),
    count: evaluation.count,
    cleanAccuracy: clean.average,
    robustAccuracy: robust.average,
    worstClassRobustAccuracy: robust.worst.accuracy,
    perClass: {
      counts: evaluation.counts,
      cleanAccuracy: clean.accuracy,
      robustAccuracy: robust.accuracy,
      meanLoss: evaluation.meanLoss,
    },
  };
}
