export type { SanityCheck } from './sanity-check.js';

/** By how many images two attacks may differ through their random starts alone. */
export function noise(count: number): number {
  return Math.max(1, Math.ceil(0.05 * count));
}
