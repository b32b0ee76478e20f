import type { Difficulty } from '@ard/core';

export interface ClassWeightSettings {
  /** Exponent, 0 or more; 0 makes all weights equal. */
  readonly beta: number;
  /** Added to every difficulty, 0 or more. */
  readonly offset: number;
  /** Bounds of a weight; `undefined` leaves weights as they are. */
  readonly clip: { readonly minimum: number; readonly maximum: number } | undefined;
  /** Brings the mean weight back to 1 after clipping. */
  readonly renormalise: boolean;
}

/**
 * Class weights from difficulties (Fair-ARD; methods.md 2.3): `r_c = (1 / (v_c + offset))^β` where lower is harder,
 * `(v_c + offset)^β` where higher is; scaled to mean 1; then clipped. Clipped weights usually have a mean above 1.
 *
 * Computed through logarithms, and a class at the very end of the scale takes its share of the limit, so that
 * neither a zero difficulty without offset nor a large β gives NaN, as the released code would. A class without a
 * difficulty (no examples) keeps weight 1 and does not count in the mean.
 *
 * @returns one weight per class
 */
export function classWeights({ values, harder }: Difficulty, settings: ClassWeightSettings): number[] {
  const { beta, offset, clip, renormalise } = settings;
  const sign = harder === 'lower' ? -1 : 1;
  const known = values.filter((value) => !Number.isNaN(value));
  const ratios = meanOne(
    known.map((value) => (beta === 0 ? 0 : sign * beta * Math.log(Math.max(value, 0) + offset))),
  );
  const clipped = clip
    ? ratios.map((ratio) => Math.min(Math.max(ratio, clip.minimum), clip.maximum))
    : ratios;
  const mean = renormalise ? clipped.reduce((sum, weight) => sum + weight, 0) / clipped.length : 1;
  const weights = clipped.map((weight) => weight / mean);
  let next = 0;
  return values.map((value) => (Number.isNaN(value) ? 1 : weights[next++]!));
}

/** `exp(logarithms)` scaled to mean 1; infinitely large ones share everything, all infinitely small ones are equal. */
function meanOne(logarithms: readonly number[]): number[] {
  const largest = Math.max(...logarithms);
  const shares = logarithms.map((logarithm) => {
    if (logarithm === largest) return 1; // also where the difference would be inf − inf
    return Math.exp(logarithm - largest);
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => (share * shares.length) / total);
}
