import type { EpochSums } from '../contracts/estimator.js';
import type { ClassResults } from '../contracts/strategy.js';

/** Sums over the steps of one epoch so far; plain data, saved in checkpoints. */
export interface RunningSums {
  readonly examples: number;
  /** Sums over examples of the step means. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly counts: readonly number[];
  readonly lossPerClass: readonly number[];
  /** `undefined` where the student never looked at such images. */
  readonly cleanCorrect?: readonly number[];
  readonly robustCorrect?: readonly number[];
  /** `[classes][columns]`; empty rows without an estimator. */
  readonly estimator: readonly (readonly number[])[];
  /** The same of what the strategy measures. */
  readonly measured: readonly (readonly number[])[];
}

/** What one step adds. */
export interface StepSums {
  readonly examples: number;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly counts: ArrayLike<number>;
  readonly lossPerClass: ArrayLike<number>;
  readonly cleanCorrect?: ArrayLike<number>;
  readonly robustCorrect?: ArrayLike<number>;
  /** `[classes · columns]`, row-major. */
  readonly estimator?: ArrayLike<number>;
  readonly measured?: ArrayLike<number>;
}

export function noSums(classes: number): RunningSums {
  const zeros = new Array<number>(classes).fill(0);
  return {
    examples: 0,
    loss: 0,
    terms: {},
    counts: zeros,
    lossPerClass: zeros,
    estimator: zeros.map(() => []),
    measured: zeros.map(() => []),
  };
}

export function addStep(sums: RunningSums, step: StepSums): RunningSums {
  return {
    examples: sums.examples + step.examples,
    loss: sums.loss + step.loss * step.examples,
    terms: Object.fromEntries(
      Object.entries(step.terms).map(([name, mean]) => [
        name,
        (sums.terms[name] ?? 0) + mean * step.examples,
      ]),
    ),
    counts: plus(sums.counts, step.counts),
    lossPerClass: plus(sums.lossPerClass, step.lossPerClass),
    ...(step.cleanCorrect ? { cleanCorrect: plus(sums.cleanCorrect, step.cleanCorrect) } : {}),
    ...(step.robustCorrect ? { robustCorrect: plus(sums.robustCorrect, step.robustCorrect) } : {}),
    estimator: plusRows(sums.estimator, step.estimator),
    measured: plusRows(sums.measured, step.measured),
  };
}

/** Means over the epoch of the loss and of each term. */
export function meanLosses(sums: RunningSums): { loss: number; terms: Record<string, number> } {
  return {
    loss: sums.loss / sums.examples,
    terms: Object.fromEntries(Object.entries(sums.terms).map(([name, sum]) => [name, sum / sums.examples])),
  };
}

export function classResults(sums: RunningSums): ClassResults {
  const over = (totals: readonly number[] | undefined): number[] =>
    sums.counts.map((count, index) => (totals ? totals[index]! / count : NaN));
  return {
    counts: sums.counts,
    cleanAccuracy: over(sums.cleanCorrect),
    robustAccuracy: over(sums.robustCorrect),
    meanLoss: over(sums.lossPerClass),
  };
}

export function estimatorSums(sums: RunningSums): EpochSums {
  return { sums: sums.estimator, counts: sums.counts };
}

export function measuredSums(sums: RunningSums): EpochSums {
  return { sums: sums.measured, counts: sums.counts };
}

function plusRows(
  totals: readonly (readonly number[])[],
  added: ArrayLike<number> | undefined,
): readonly (readonly number[])[] {
  const columns = added ? added.length / totals.length : 0;
  return totals.map((row, classIndex) =>
    Array.from(
      { length: columns },
      (_, column) => (row[column] ?? 0) + added![classIndex * columns + column]!,
    ),
  );
}

function plus(totals: readonly number[] | undefined, added: ArrayLike<number>): readonly number[] {
  return Array.from(added, (value, index) => (totals?.[index] ?? 0) + value);
}
