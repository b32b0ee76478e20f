import { randomStream } from '@ard/core';
import { classMetrics, type ClassMetrics, type SampleVerdict } from '@ard/core/host';
import { bootstrapIntervals, type OutcomeCounts } from '../statistics/bootstrap.js';
import {
  namedStatistics,
  statisticNames,
  statisticsOf,
  type StatisticName,
} from '../statistics/class-statistics.js';
import { holm } from '../statistics/holm.js';
import type { Interval } from '../statistics/interval.js';
import { mcnemar, type McNemarResult } from '../statistics/mcnemar.js';
import { checkSameSamples } from './check-same-samples.js';

/** One side of a comparison, as read back from the folder of an evaluation. */
export interface ComparedEvaluation {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly attacks: readonly { readonly description: string; readonly epsilon: number }[];
  /** SHA-256 of the images, where it is known. */
  readonly testImages?: string | undefined;
  readonly verdicts: readonly SampleVerdict[];
}

export interface Difference extends Interval {
  /** Second minus first. */
  readonly estimate: number;
}

export interface ClassComparison {
  readonly name: string;
  readonly count: number;
  /** Fractions right. */
  readonly first: number;
  readonly second: number;
  readonly difference: Difference;
  /** Images that only one of the two gets right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** McNemar's test within the class; and adjusted for there being so many classes (Holm). */
  readonly pValue: number;
  readonly adjustedPValue: number;
}

/** Two networks on the same images, clean or attacked. */
export interface PairedResult {
  readonly first: ClassMetrics;
  readonly second: ClassMetrics;
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
  readonly mcnemar: McNemarResult;
  readonly differences: Readonly<Record<StatisticName, Difference>>;
  readonly classes: readonly ClassComparison[];
}

export interface Comparison {
  readonly first: string;
  readonly second: string;
  readonly samples: number;
  readonly attacks: readonly [ComparedEvaluation['attacks'], ComparedEvaluation['attacks']];
  readonly bootstrap: { readonly resamples: number; readonly seed: number };
  readonly clean: PairedResult;
  readonly robust: PairedResult;
}

export interface ComparisonOptions {
  readonly resamples: number;
  readonly seed: number;
  readonly ddof: 0 | 1;
}

/**
 * Compares two networks image by image: McNemar's test over all images and within classes, and bootstrap intervals
 * of differences, in which both networks are judged on the same drawn images.
 *
 * @throws ArdError when the two were not evaluated on the same images
 */
export function compareEvaluations(
  first: ComparedEvaluation,
  second: ComparedEvaluation,
  options: ComparisonOptions,
): Comparison {
  checkSameSamples(first, second);
  const partners = new Map(second.verdicts.map((verdict) => [verdict.index, verdict]));
  const compare = (right: (verdict: SampleVerdict) => boolean): PairedResult =>
    paired(
      first.classNames,
      first.verdicts.map((verdict) => ({
        label: verdict.label,
        first: right(verdict),
        second: right(partners.get(verdict.index)!),
      })),
      options,
    );
  return {
    first: first.name,
    second: second.name,
    samples: first.verdicts.length,
    attacks: [first.attacks, second.attacks],
    bootstrap: { resamples: options.resamples, seed: options.seed },
    clean: compare(({ label, cleanPrediction }) => cleanPrediction === label),
    robust: compare(
      ({ label, cleanPrediction, attackedPrediction }) =>
        cleanPrediction === label && attackedPrediction === label,
    ),
  };
}

interface Pair {
  readonly label: number;
  readonly first: boolean;
  readonly second: boolean;
}

function paired(
  classNames: readonly string[],
  pairs: readonly Pair[],
  { resamples, seed, ddof }: ComparisonOptions,
): PairedResult {
  // per class: both right, only the first, only the second, neither
  const cells = classNames.map(() => [0, 0, 0, 0]);
  for (const { label, first, second } of pairs) cells[label]![(first ? 0 : 2) + (second ? 0 : 1)]!++;
  const counts = cells.map(total);
  const metrics = (which: 1 | 2, outcomes: OutcomeCounts): ClassMetrics =>
    classMetrics(
      outcomes.map((cell) => cell[0]! + cell[which]!),
      counts,
      ddof,
    );
  const numbers = (outcomes: OutcomeCounts): readonly number[] => {
    const [one, other] = [metrics(1, outcomes), metrics(2, outcomes)];
    const minus = (a: readonly number[], b: readonly number[]): number[] =>
      a.map((value, at) => value - b[at]!);
    return [...minus(statisticsOf(other), statisticsOf(one)), ...minus(other.accuracy, one.accuracy)];
  };
  const estimates = numbers(cells);
  const intervals = bootstrapIntervals(cells, numbers, {
    resamples,
    random: randomStream(seed).derive('compare'),
  });
  const differences = estimates.map((estimate, at) => ({ estimate, ...intervals[at]! }));
  const sum = (outcome: number): number => total(cells.map((cell) => cell[outcome]!));
  const [first, second] = [metrics(1, cells), metrics(2, cells)];
  const pValues = cells.map(([, onlyFirst, onlySecond], index) =>
    counts[index] === 0 ? NaN : mcnemar(onlyFirst!, onlySecond!).pValue,
  );
  const adjusted = holm(pValues);
  return {
    first,
    second,
    both: sum(0),
    onlyFirst: sum(1),
    onlySecond: sum(2),
    neither: sum(3),
    mcnemar: mcnemar(sum(1), sum(2)),
    differences: namedStatistics(differences),
    classes: classNames.map((name, index) => ({
      name,
      count: counts[index]!,
      first: first.accuracy[index]!,
      second: second.accuracy[index]!,
      difference: differences[statisticNames.length + index]!,
      onlyFirst: cells[index]![1]!,
      onlySecond: cells[index]![2]!,
      pValue: pValues[index]!,
      adjustedPValue: adjusted[index]!,
    })),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
