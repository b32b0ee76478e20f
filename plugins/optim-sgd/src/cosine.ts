import { defineComponent, fraction, fractionValue, type Fraction, type Schedule } from '@ard/core';
import { z } from 'zod';

export interface CosineOptions {
  readonly minimum: Fraction;
}

/**
 * Half a cosine from the full learning rate down to a fraction of it (Loshchilov and Hutter, ICLR 2017, without
 * restarts), step by step: the first step has the full rate, the step after the last would have the minimum.
 */
export function cosine({ minimum }: CosineOptions): Schedule {
  const least = fractionValue(minimum);
  return {
    factor({ epoch, step, stepsPerEpoch, epochs }) {
      const time = (epoch + step / stepsPerEpoch) / epochs;
      return least + ((1 - least) * (1 + Math.cos(Math.PI * time))) / 2;
    },
  };
}

export const cosineComponent = defineComponent({
  kind: 'schedule',
  id: 'cosine',
  summary: 'Half a cosine from the full learning rate down to a fraction of it',
  options: z.object({
    minimum: fraction({ min: 0, max: 1 })
      .default(0)
      .describe('fraction of the learning rate at the end, 0 to 1'),
  }),
  create: cosine,
});
