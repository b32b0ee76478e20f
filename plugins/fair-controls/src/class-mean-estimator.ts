import type { Difficulty, DifficultyEstimator, EpochSums } from '@ard/core';

/** An estimator whose class value is the mean over the class's examples; NaN for a class without any. */
export function classMeanEstimator(
  harder: Difficulty['harder'],
  { needs, perExample }: Pick<DifficultyEstimator, 'needs' | 'perExample'>,
): DifficultyEstimator {
  return {
    needs,
    perExample,
    summarise: ({ sums, counts }: EpochSums) => ({
      harder,
      values: sums.map(([sum], index) => sum! / counts[index]!),
    }),
  };
}
