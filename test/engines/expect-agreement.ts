import type { Engine, Model } from '@ard/core';
import { expect } from 'chai';
import { differences, runStep } from './model-step.js';

/** Allowed differences, relative to the largest value of an array: tens of layers of float32 sums in another order. */
export const tolerances: Readonly<Record<string, number>> = {
  training: 1e-4,
  gradients: 1e-3,
  logits: 1e-5,
  attackGradient: 1e-4,
};

/**
 * Where a value before a rectifier is 0 but for rounding, two engines may take different sides and their gradients
 * differ visibly. That is chance, a mistake is not: one of a few seeds must agree.
 */
const seeds = [1, 2, 3];

/** @param tolerance factor on all tolerances */
export async function expectAgreement(
  oracle: Engine,
  engines: readonly (readonly [string, Engine])[],
  model: Model,
  tolerance = 1,
): Promise<void> {
  let open = engines;
  let report = '';
  for (const seed of seeds) {
    const expected = await runStep(oracle, model, seed);
    const disagreeing: (readonly [string, Engine])[] = [];
    for (const [name, engine] of open) {
      const found = differences(await runStep(engine, model, seed), expected);
      const within = ([kind, allowed]: [string, number]): boolean => found[kind]! <= allowed * tolerance;
      if (Object.entries(tolerances).every(within)) continue;
      disagreeing.push([name, engine]);
      report += `\n${name}, seed ${seed}: ${JSON.stringify(found)}`;
    }
    open = disagreeing;
    if (open.length === 0) return;
  }
  expect.fail(`relative differences above ${JSON.stringify(tolerances)} with every seed${report}`);
}
