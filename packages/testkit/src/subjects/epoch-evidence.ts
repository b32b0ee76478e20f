import {
  randomStream,
  type ClassResults,
  type Difficulty,
  type EpochEvidence,
  type StrategyNeeds,
} from '@ard/core';

/** How classes fared in an epoch; `NaN` for a class without examples. */
export interface ClassFates {
  /** Accuracy under attack; the other numbers follow from it. */
  readonly robustAccuracy: readonly number[];
  /** Replaces the difficulty that would follow. */
  readonly difficulty?: readonly number[];
}

/** What a strategy with such needs is shown of it. */
export function evidenceOf(
  epoch: number,
  fates: ClassFates,
  needs: StrategyNeeds,
  harder: Difficulty['harder'],
  measured?: (robustAccuracy: readonly number[]) => readonly (readonly number[])[],
): EpochEvidence {
  const { robustAccuracy } = fates;
  const ease = robustAccuracy.map((accuracy) => 10 * accuracy);
  const values = fates.difficulty ?? (harder === 'lower' ? ease : ease.map((value) => 10 - value));
  const results: ClassResults = {
    counts: robustAccuracy.map((accuracy) => (Number.isNaN(accuracy) ? 0 : 100)),
    robustAccuracy,
    cleanAccuracy: robustAccuracy.map((accuracy) => accuracy + (1 - accuracy) / 2),
    meanLoss: robustAccuracy.map((accuracy) => 3 - 2 * accuracy),
  };
  return {
    epoch,
    classes: robustAccuracy.length,
    ...(needs.difficulty ? { difficulty: { values, harder } } : {}),
    ...(needs.training ? { training: results } : {}),
    ...(needs.validationPerClass ? { validation: results } : {}),
    ...(measured
      ? {
          measured: {
            counts: results.counts,
            sums: measured(robustAccuracy).map((row, k) =>
              row.map((value) => (results.counts[k] === 0 ? 0 : value * results.counts[k]!)),
            ),
          },
        }
      : {}),
  };
}

/** Different for every class and epoch. */
export function ordinaryFates(epoch: number, classes: number): ClassFates {
  return { robustAccuracy: [...randomStream(61).derive(epoch).uniform(classes, 0.1, 0.9)] };
}

/** The same for every class. */
export function equalFates(classes: number): ClassFates {
  return { robustAccuracy: Array.from({ length: classes }, () => 0.5) };
}

/** Hopeless, perfect, absent and absurdly difficult classes. */
export function extremeFates(classes: number): readonly ClassFates[] {
  const each = (value: (k: number) => number): number[] =>
    Array.from({ length: classes }, (_, k) => value(k));
  const half = each(() => 0.5);
  return [
    { robustAccuracy: each(() => 0) },
    { robustAccuracy: each(() => 1) },
    { robustAccuracy: each((k) => (k === 0 ? 0 : 1)) },
    { robustAccuracy: each((k) => (k === 0 ? 1 : 0)) },
    { robustAccuracy: each((k) => (k === classes - 1 ? NaN : 0.1 + (0.5 * k) / classes)) },
    { robustAccuracy: half, difficulty: each((k) => (k === 0 ? 0 : 1e6)) },
    { robustAccuracy: half, difficulty: each((k) => (k === 0 ? 1e-12 : 1e-9)) },
  ];
}
