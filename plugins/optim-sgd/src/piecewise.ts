import { defineComponent, fraction, fractionValue, type Fraction, type Schedule } from '@ard/core';
import { z } from 'zod';

export interface PiecewiseOptions {
  readonly boundaries: readonly Fraction[];
  readonly gamma: number;
}

/**
 * Multiplies the learning rate by gamma at each fraction of the training, so that it fits any number of epochs.
 * Time is measured at the end of a step, `(epoch + (step + 1) / stepsPerEpoch) / epochs`, as in the script of Rice
 * et al. (ICML 2020): the last step of an epoch belongs to the next piece.
 */
export function piecewise({ boundaries, gamma }: PiecewiseOptions): Schedule {
  const fractions = boundaries.map(fractionValue);
  return {
    factor({ epoch, step, stepsPerEpoch, epochs }) {
      const time = (epoch + (step + 1) / stepsPerEpoch) / epochs;
      return gamma ** fractions.filter((boundary) => time >= boundary).length;
    },
  };
}

export const piecewiseComponent = defineComponent({
  kind: 'schedule',
  id: 'piecewise',
  summary: 'Drops the learning rate at fractions of the training (Rice et al., 2020)',
  options: z.object({
    boundaries: z
      .array(fraction({ min: 0, max: 1 }))
      .default([0.5, 0.75])
      .describe('fractions of the training, 0 to 1, after which the rate is lower'),
    gamma: z.number().positive().max(1).default(0.1).describe('factor of each drop, above 0 to 1'),
  }),
  create: piecewise,
});
