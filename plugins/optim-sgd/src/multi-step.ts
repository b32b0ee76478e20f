import { defineComponent, type Schedule } from '@ard/core';
import { z } from 'zod';

export interface MultiStepOptions {
  readonly milestones: readonly number[];
  readonly gamma: number;
  readonly drops: 'as-described' | 'as-released';
}

/**
 * Multiplies the learning rate by gamma at each milestone.
 *
 * A milestone is the first epoch, counted from 0, that has the new rate. That is also the number of epochs
 * finished before: "after epoch 215" of a script that counts from 1 is the milestone 215, "from epoch 75" of such
 * a script is 74.
 *
 * `as-released` reproduces the helper of the ARD, IAD, Fair-ARD and Fair-IAD scripts. It multiplies a fresh copy of
 * the initial rate whenever a milestone comes, so that every drop after the first changes nothing: 0.1, then 0.01
 * to the end, where 0.1, 0.01, 0.001 was written.
 */
export function multiStep({ milestones, gamma, drops }: MultiStepOptions): Schedule {
  return {
    factor({ epoch }) {
      const passed = milestones.filter((milestone) => epoch >= milestone).length;
      return gamma ** (drops === 'as-released' ? Math.min(passed, 1) : passed);
    },
  };
}

export const multiStepComponent = defineComponent({
  kind: 'schedule',
  id: 'multi-step',
  summary: 'Drops the learning rate at given epochs',
  options: z.object({
    milestones: z
      .array(z.int().min(0))
      .default([100, 150])
      .describe('epochs, counted from 0, that are the first with a lower rate'),
    gamma: z.number().positive().max(1).default(0.1).describe('factor of each drop, above 0 to 1'),
    drops: z
      .enum(['as-described', 'as-released'])
      .default('as-described')
      .describe(
        'as-described: every milestone drops the rate; as-released: only the first does, as the scripts of ARD,' +
          ' IAD, Fair-ARD and Fair-IAD behave',
      ),
  }),
  create: multiStep,
});
