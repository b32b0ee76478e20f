import type { SampleVerdict } from '@ard/core/host';

export interface LeastSteps {
  /** `[steps]`: samples that the attack broke at its iterate of this index, 0 being where it starts. */
  readonly broken: readonly number[];
  /** Samples that no attack broke. */
  readonly robust: number;
  /** Samples that were wrong without attack. */
  readonly wrong: number;
  /** Samples broken by an attack that does not tell at which step. */
  readonly untold: number;
}

/**
 * How many attack steps samples survive: the least number of steps, kappa, that Fair-ARD reweights by, here of the
 * evaluation's attack.
 */
export function leastSteps(verdicts: readonly SampleVerdict[]): LeastSteps {
  const broken: number[] = [];
  let [robust, wrong, untold] = [0, 0, 0];
  for (const { label, cleanPrediction, brokenBy, brokenAtStep } of verdicts) {
    if (cleanPrediction !== label) wrong++;
    else if (brokenBy === undefined) robust++;
    else if (brokenAtStep === undefined) untold++;
    else {
      while (broken.length <= brokenAtStep) broken.push(0);
      broken[brokenAtStep]!++;
    }
  }
  return { broken, robust, wrong, untold };
}
