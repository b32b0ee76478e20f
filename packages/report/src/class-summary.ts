import { classMetrics, type ClassMetrics } from '@ard/core/host';
import type { EvaluationRecord } from './run-report.js';
import { formatEpsilon } from './format-epsilon.js';
import { wilsonInterval } from './wilson-interval.js';

export interface ClassRow {
  readonly name: string;
  readonly count: number;
  /** Fractions; NaN for a class without examples. */
  readonly clean: number;
  readonly robust: number;
  /** 95 % confidence interval of `robust`. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly worst: boolean;
  /** The wrong class that attacked images of this one are most often taken for, and their share of all. */
  readonly pushedTo: { readonly name: string; readonly share: number } | undefined;
}

/** An evaluation as rows of a table, summaries and the conditions to print beside them. */
export interface ClassSummary {
  readonly rows: readonly ClassRow[];
  readonly clean: ClassMetrics;
  readonly robust: ClassMetrics;
  readonly worstName: string;
  /** One sentence: attacks, radius, samples, seed. */
  readonly conditions: string;
}

export function summariseClasses({ evaluation, classNames, seed, ddof = 0 }: EvaluationRecord): ClassSummary {
  const clean = classMetrics(evaluation.cleanCorrect, evaluation.counts, ddof);
  const robust = classMetrics(evaluation.robustCorrect, evaluation.counts, ddof);
  const rows = classNames.map((name, index) => ({
    name,
    count: evaluation.counts[index]!,
    clean: clean.accuracy[index]!,
    robust: robust.accuracy[index]!,
    interval: wilsonInterval(evaluation.robustCorrect[index]!, evaluation.counts[index]!),
    worst: index === robust.worst.classIndex,
    pushedTo: pushedTo(evaluation.confusion[index] ?? [], index, classNames),
  }));
  const worstName = classNames[robust.worst.classIndex] ?? '–';
  return { rows, clean, robust, worstName, conditions: conditions(evaluation, seed) };
}

function pushedTo(predicted: readonly number[], own: number, names: readonly string[]): ClassRow['pushedTo'] {
  const wrong = predicted.map((count, index) => (index === own ? 0 : count));
  const most = Math.max(0, ...wrong);
  if (most === 0) return undefined;
  const total = predicted.reduce((sum, count) => sum + count, 0);
  return { name: names[wrong.indexOf(most)]!, share: most / total };
}

function conditions({ attacks, count }: EvaluationRecord['evaluation'], seed: number): string {
  // some attacks name their radius themselves
  const each = attacks.map(({ description, epsilon }) =>
    description.includes('epsilon') ? description : `${description}, epsilon ${formatEpsilon(epsilon)}`,
  );
  const robust = each.length === 1 ? each[0]! : `right under all of: ${each.join('; ')}`;
  return `Robust: ${robust}; n = ${count.toLocaleString('en')}, seed ${seed}.`;
}
