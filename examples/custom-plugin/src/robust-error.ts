import { ArdError, type ReweightingStrategy } from '@ard/core';
import { z } from 'zod';

export const robustErrorOptions = z.object({
  strength: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe('exponent on the error, 0 to 10: how strongly weak classes are preferred; 0 is not at all'),
  memory: z
    .number()
    .min(0)
    .lt(1)
    .default(0.5)
    .describe('share of the former estimate that is kept from epoch to epoch, 0 or more and below 1'),
});

type RobustErrorOptions = z.infer<typeof robustErrorOptions>;

/** A class without errors is still trained on. */
const leastError = 0.01;

/** What is carried from epoch to epoch; plain data, so checkpoints and resuming work by themselves. */
type State = { readonly error: readonly number[] };

/**
 * Loss weights by robust training error: with the error `e_c` of class c, smoothed over epochs, the weight is
 * `max(e_c, 0.01) ^ strength`, scaled to a mean of 1. Weights found in one epoch apply in the next.
 */
export function robustError({ strength, memory }: RobustErrorOptions): ReweightingStrategy {
  return {
    needs: { training: true },
    knobs: ['lossWeight'],
    init: (classes) => ({ error: new Array<number>(classes).fill(1) }),
    update(state, { training }) {
      if (!training) throw new ArdError('robust-error: the epoch came without training results.');
      const former = (state as State).error;
      const error = former.map((kept, index) => {
        const accuracy = training.robustAccuracy[index]!;
        // a class that no example of this epoch belonged to keeps its estimate
        return Number.isNaN(accuracy) ? kept : memory * kept + (1 - memory) * (1 - accuracy);
      });
      const weights = error.map((value) => Math.max(value, leastError) ** strength);
      return { state: { error }, knobs: { lossWeight: meanOne(weights) } };
    },
  };
}

function meanOne(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value / mean);
}
