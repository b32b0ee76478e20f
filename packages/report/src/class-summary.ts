import { randomStream } from '@ard/core';
import { classMetrics, type ClassMetrics } from '@ard/core/host';
import { formatEpsilon } from './format-epsilon.js';
import { formatCount } from './format-number.js';
import type { EvaluationRecord } from './run-report.js';
import {
  namedStatistics,
  statisticNames,
  statisticsOf,
  type StatisticIntervals,
} from './statistics/class-statistics.js';
import { bootstrapIntervals, type OutcomeCounts } from './statistics/bootstrap.js';
import type { Interval, IntervalMethod } from './statistics/interval.js';
import { wilsonInterval } from './statistics/wilson-interval.js';

export interface ClassRow {
  readonly name: string;
  readonly count: number;
  /** Fractions; NaN for a class without examples. */
  readonly clean: number;
  readonly robust: number;
  readonly cleanInterval: Interval;
  readonly robustInterval: Interval;
  readonly worst: boolean;
  /** The wrong class that attacked images of this one are most often taken for, and their share of all. */
  readonly pushedTo: { readonly name: string; readonly share: number } | undefined;
}

/** An evaluation as rows of a table, summaries and the conditions to print beside them. */
export interface ClassSummary {
  readonly rows: readonly ClassRow[];
  readonly clean: ClassMetrics;
  readonly robust: ClassMetrics;
  readonly cleanIntervals: StatisticIntervals;
  readonly robustIntervals: StatisticIntervals;
  readonly interval: { readonly method: IntervalMethod; readonly resamples: number; readonly seed: number };
  readonly worstName: string;
  readonly bestName: string;
  /** One sentence: attacks, radius, samples, seed. */
  readonly conditions: string;
}

/** How intervals are made unless a record says otherwise. */
const defaultInterval = { method: 'wilson', resamples: 1000 } as const;

/** Statistics of an evaluation: rates per class, what summarises them, and 95 % intervals of all of it. */
export function summariseClasses(record: EvaluationRecord): ClassSummary {
  const { evaluation, classNames, seed, ddof = 0 } = record;
  const { method, resamples } = record.interval ?? defaultInterval;
  const clean = classMetrics(evaluation.cleanCorrect, evaluation.counts, ddof);
  const robust = classMetrics(evaluation.robustCorrect, evaluation.counts, ddof);
  const sampled = sampledIntervals(evaluation, ddof, resamples, seed);
  const interval = (which: 'clean' | 'robust', index: number): Interval => {
    const correct = which === 'clean' ? evaluation.cleanCorrect : evaluation.robustCorrect;
    return method === 'wilson'
      ? wilsonInterval(correct[index]!, evaluation.counts[index]!)
      : sampled[which].classes[index]!;
  };
  const rows = classNames.map((name, index) => ({
    name,
    count: evaluation.counts[index]!,
    clean: clean.accuracy[index]!,
    robust: robust.accuracy[index]!,
    cleanInterval: interval('clean', index),
    robustInterval: interval('robust', index),
    worst: index === robust.worst.classIndex,
    pushedTo: pushedTo(evaluation.confusion[index] ?? [], index, classNames),
  }));
  const intervals = (which: 'clean' | 'robust', correct: readonly number[]): StatisticIntervals => {
    if (method === 'bootstrap') return sampled[which].statistics;
    const { classIndex } = (which === 'clean' ? clean : robust).worst;
    return {
      ...sampled[which].statistics,
      average: wilsonInterval(total(correct), evaluation.count),
      // resampling cannot leave a rate of 0, which the worst class often has
      worst: wilsonInterval(correct[classIndex] ?? 0, evaluation.counts[classIndex] ?? 0),
    };
  };
  return {
    rows,
    clean,
    robust,
    cleanIntervals: intervals('clean', evaluation.cleanCorrect),
    robustIntervals: intervals('robust', evaluation.robustCorrect),
    interval: { method, resamples, seed },
    worstName: classNames[robust.worst.classIndex] ?? '–',
    bestName: classNames[robust.best.classIndex] ?? '–',
    conditions: conditions(evaluation, seed),
  };
}

/** Says how the 95 % intervals came about, and what those without width do not mean. */
export function intervalNote({
  interval,
  robustIntervals,
}: Pick<ClassSummary, 'interval' | 'robustIntervals'>): string {
  const { method, resamples, seed } = interval;
  const bootstrap = `bootstrap, ${formatCount(resamples)} resamples within classes, seed ${seed}`;
  const made =
    method === 'wilson'
      ? `95 % intervals: Wilson for accuracies; ${bootstrap}, for worst 30 %, NSD and gap.`
      : `95 % intervals: ${bootstrap}.`;
  return Object.values<Interval>(robustIntervals).some(({ low, high }) => low === high)
    ? `${made} One without width is no certainty: resampling cannot leave a rate of 0 or 100 %.`
    : made;
}

interface SampledIntervals {
  readonly classes: readonly Interval[];
  readonly statistics: StatisticIntervals;
}

function sampledIntervals(
  { cleanCorrect, robustCorrect, counts }: EvaluationRecord['evaluation'],
  ddof: 0 | 1,
  resamples: number,
  seed: number,
): { readonly clean: SampledIntervals; readonly robust: SampledIntervals } {
  // what is robust is right on the clean image too
  const outcomes = counts.map((count, index) => [
    robustCorrect[index]!,
    cleanCorrect[index]! - robustCorrect[index]!,
    count - cleanCorrect[index]!,
  ]);
  const numbers = (correct: readonly number[]): readonly number[] => {
    const metrics = classMetrics(correct, counts, ddof);
    return [...statisticsOf(metrics), ...metrics.accuracy];
  };
  const statistics = (resample: OutcomeCounts): readonly number[] => [
    ...numbers(resample.map(([robust, cleanOnly]) => robust! + cleanOnly!)),
    ...numbers(resample.map(([robust]) => robust!)),
  ];
  const all = bootstrapIntervals(outcomes, statistics, { resamples, random: randomStream(seed) });
  const part = (intervals: readonly Interval[]): SampledIntervals => ({
    statistics: namedStatistics(intervals),
    classes: intervals.slice(statisticNames.length),
  });
  return { clean: part(all.slice(0, all.length / 2)), robust: part(all.slice(all.length / 2)) };
}

function pushedTo(predicted: readonly number[], own: number, names: readonly string[]): ClassRow['pushedTo'] {
  const wrong = predicted.map((count, index) => (index === own ? 0 : count));
  const most = Math.max(0, ...wrong);
  return most === 0 ? undefined : { name: names[wrong.indexOf(most)]!, share: most / total(predicted) };
}

function conditions({ attacks, count }: EvaluationRecord['evaluation'], seed: number): string {
  // some attacks name their radius themselves
  const each = attacks.map(({ description, epsilon }) =>
    description.includes('epsilon') ? description : `${description}, epsilon ${formatEpsilon(epsilon)}`,
  );
  const robust = each.length === 1 ? each[0]! : `right under all of: ${each.join('; ')}`;
  return `Robust: ${robust}; n = ${formatCount(count)}, seed ${seed}.`;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
