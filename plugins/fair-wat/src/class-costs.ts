import type { ClassResults } from '@ard/core';

/**
 * Costs of the K + 1 experts of WAT (Li and Liu, AAAI 2023; methods.md 5.4): one per class and, last, their average.
 *
 * @param paddedTo the released code divides by the number of validation batches times this batch size instead of by
 *   the number of images; `undefined` divides by the images
 */
export function classCosts({ counts, meanLoss }: ClassResults, paddedTo: number | undefined): number[] {
  const classes = counts.length;
  const images = counts.reduce((sum, count) => sum + count, 0);
  const divisor = paddedTo === undefined ? images : Math.ceil(images / paddedTo) * paddedTo;
  const costs = counts.map((count, index) =>
    count === 0 ? 0 : (meanLoss[index]! * count * classes) / divisor,
  );
  return [...costs, costs.reduce((sum, cost) => sum + cost, 0) / classes];
}

/** `W_j = K · exp(η C_j) / Σ_m exp(η C_m)` over cumulative costs of K + 1 experts. */
export function expertWeights(cumulative: readonly number[], rate: number): number[] {
  const largest = Math.max(...cumulative);
  const shares = cumulative.map((cost) => Math.exp(rate * (cost - largest)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => ((cumulative.length - 1) * share) / total);
}
