import type { Victim } from '../contracts/attack.js';

/**
 * A victim that counts samples times compiled steps of an attack, each one forward pass with or without a backward
 * pass; padding included.
 *
 * @param beforeEach called before every step; may throw to stop the attack
 */
export function countSteps<V extends Victim>(
  victim: V,
  beforeEach: () => void = () => undefined,
): { readonly victim: V; readonly count: () => number } {
  let count = 0;
  const counting: V = {
    ...victim,
    compile(name, step) {
      const run = victim.compile(name, step);
      return async (inputs) => {
        beforeEach();
        count += examplesIn(inputs);
        return await run(inputs);
      };
    },
  };
  return { victim: counting, count: () => count };
}

/** The batch is the first axis of whatever array has one. */
function examplesIn(inputs: unknown): number {
  const { batch, ...others } = inputs as { batch?: unknown };
  const first = [batch, ...Object.values(others)].find((part) => part !== undefined) as
    { readonly shape?: readonly number[] } | Readonly<Record<string, unknown>>;
  if (Array.isArray(first.shape)) return (first.shape as readonly number[])[0] ?? 0;
  const { labels } = first as { readonly labels?: { readonly shape: readonly number[] } };
  return labels?.shape[0] ?? 0;
}
