import type { Model, TensorShapes } from '@ard/core';
import type { Difference } from './describe-differences.js';

/**
 * In what names and shapes differ from those of a model; what no output depends on (`num_batches_tracked`,
 * `sub_block1.` of wide ResNets) may be missing, the latter also be too many.
 */
export function differencesOf(model: Model, found: TensorShapes): readonly Difference[] {
  const expected = new Set(model.variables.map(({ name }) => name));
  const differences: Difference[] = [];
  for (const { name, shape } of model.variables) {
    const stored = found.get(name);
    if (!stored) {
      if (!name.endsWith('num_batches_tracked') && !isNeverExecuted(name))
        differences.push({ name, kind: 'missing' });
    } else if (stored.join() !== shape.join()) {
      differences.push({ name, kind: 'shape', found: stored, expected: shape });
    }
  }
  for (const name of found.keys()) {
    if (!expected.has(name) && !isNeverExecuted(name)) differences.push({ name, kind: 'unexpected' });
  }
  return differences;
}

/** The wide ResNets of TRADES have a block that only the checkpoints know (methods.md 8 and 9). */
function isNeverExecuted(name: string): boolean {
  return name.startsWith('sub_block1.');
}
