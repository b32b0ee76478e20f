import { ArdError, defineComponent, type Schedule } from '@ard/core';
import { z } from 'zod';

export interface MultiStepOptions {
  readonly milestones: readonly number[];
  /** Of every drop, or one for each milestone. */
  readonly gamma: number | readonly number[];
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
 *
 * @throws ArdError when there are several gammas, and not one for each milestone
 */
export function multiStep({ milestones, gamma, drops }: MultiStepOptions): Schedule {
  if (typeof gamma !== 'number' && gamma.length !== milestones.length) {
    throw new ArdError(`multi-step: ${milestones.length} milestones and ${gamma.length} gammas.`, {
      remedy: 'Give one number as schedule.gamma, or a list of as many as there are milestones.',
    });
  }
  const inOrder = milestones
    .map((milestone, index) => ({ milestone, gamma: typeof gamma === 'number' ? gamma : gamma[index]! }))
    .sort((a, b) => a.milestone - b.milestone);
  return {
    factor({ epoch }) {
      const passed = inOrder.filter(({ milestone }) => epoch >= milestone);
      const effective = drops === 'as-released' ? passed.slice(0, 1) : passed;
      return effective.reduce((product, drop) => product * drop.gamma, 1);
    },
  };
}

const factor = z.number().positive().max(1);

export const multiStepComponent = defineComponent({
  kind: 'schedule',
  id: 'multi-step',
  summary: 'Drops the learning rate at given epochs',
  options: z.object({
    milestones: z
      .array(z.int().min(0))
      .default([100, 150])
      .describe('epochs, counted from 0, that are the first with a lower rate'),
    gamma: z
      .union([factor, z.array(factor)])
      .default(0.1)
      .describe('factor of each drop, above 0 to 1; or a list of them, one for each milestone'),
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
