/** When APGD looks back, and over how many iterations. */
export interface Checkpoint {
  /** Iterations made by then, 1-based. */
  readonly iteration: number;
  /** Iterations since the last one. */
  readonly window: number;
}

/**
 * Windows shrink from 22 % of the iterations by 3 % at a time to 6 %, each at least one iteration. For 100
 * iterations the checkpoints are 22, 41, 57, 70, 80, 87, 93 and 99 (Croce and Hein, ICML 2020, section 4.1, as
 * the released code rounds it).
 */
export function checkpoints(iterations: number): readonly Checkpoint[] {
  const share = (percent: number): number => Math.max(Math.floor((percent * iterations) / 100), 1);
  const found: Checkpoint[] = [];
  let window = share(22);
  for (let iteration = window; iteration <= iterations; iteration += window) {
    found.push({ iteration, window });
    window = Math.max(window - share(3), share(6));
  }
  return found;
}
