import type { TensorShapes } from '@ard/core';

/**
 * How many numbered modules a checkpoint has under a prefix: 3 for `layer1.` when there are `layer1.0.…` to
 * `layer1.2.…`. For models that read their depth off a checkpoint.
 */
export function countModules(tensors: TensorShapes, prefix: string): number {
  let count = 0;
  for (const name of tensors.keys()) {
    if (!name.startsWith(prefix)) continue;
    const number = /^\d+(?=\.)/.exec(name.slice(prefix.length))?.[0];
    if (number !== undefined) count = Math.max(count, Number(number) + 1);
  }
  return count;
}
