import type { RandomStream } from '@ard/core';
import type { Interval } from './interval.js';

export interface BootstrapOptions {
  /** How many times the samples are drawn anew; a few thousand settle the second digit of an end. */
  readonly resamples: number;
  readonly random: RandomStream;
}

/** Samples of each class counted by what became of them: `[classes][outcomes]`. */
export type OutcomeCounts = readonly (readonly number[])[];

/**
 * Percentile bootstrap (Efron 1979) of several statistics at once. Samples are drawn with replacement within their
 * class, so that every resample has the class sizes of the original. Drawing from counts of outcomes is drawing from
 * the samples themselves: what is equal about two samples need not be told apart.
 *
 * @param statistics numbers of one resample, always as many
 * @returns a 95 % interval for each statistic
 */
export function bootstrapIntervals(
  outcomes: OutcomeCounts,
  statistics: (resample: OutcomeCounts) => readonly number[],
  { resamples, random }: BootstrapOptions,
): readonly Interval[] {
  const drawn = Array.from({ length: resamples }, (_, round) =>
    statistics(
      outcomes.map((counts, classIndex) => resampled(counts, random.derive('bootstrap', round, classIndex))),
    ),
  );
  return (drawn[0] ?? []).map((_, which) => {
    const values = drawn.map((numbers) => numbers[which]!).sort((a, b) => a - b);
    return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
  });
}

function resampled(counts: readonly number[], random: RandomStream): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const outcomeOf = new Uint8Array(total);
  let from = 0;
  counts.forEach((count, outcome) => {
    outcomeOf.fill(outcome, from, from + count);
    from += count;
  });
  const drawn = new Array<number>(counts.length).fill(0);
  for (const sample of random.integers(total, total)) drawn[outcomeOf[sample]!]!++;
  return drawn;
}

/** Linear between order statistics, as numpy does it by default; NaN when any value is. */
function quantile(sorted: readonly number[], fraction: number): number {
  if (sorted.length === 0 || sorted.some(Number.isNaN)) return NaN;
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
