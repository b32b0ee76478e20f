import {
  ArdError,
  defineComponent,
  fraction,
  fractionValue,
  type Fraction,
  type ReweightingStrategy,
} from '@ard/core';
import { z } from 'zod';
import { classWeights } from './class-weights.js';

export interface GeometricOptions {
  readonly beta: number;
  readonly offset: number;
  readonly clip: boolean;
  readonly minimum: Fraction;
  readonly maximum: Fraction;
  readonly renormalise: boolean;
}

/**
 * The reweighting of Fair-ARD (Yue et al., NeurIPS 2023): hard classes get a larger loss weight in the next epoch,
 * see {@link classWeights}. Works over any difficulty. It has no memory: the weights of an epoch come from the epoch
 * before alone, and the first epoch has weights of 1.
 *
 * @throws ArdError when minimum exceeds maximum, or when there is no difficulty to work on
 */
export function geometric(options: GeometricOptions): ReweightingStrategy {
  const { beta, offset, renormalise } = options;
  const [minimum, maximum] = [fractionValue(options.minimum), fractionValue(options.maximum)];
  if (minimum > maximum) {
    throw new ArdError(`geometric: minimum ${options.minimum} exceeds maximum ${options.maximum}.`, {
      remedy: 'Set strategy.minimum to at most strategy.maximum.',
    });
  }
  const clip = options.clip ? { minimum, maximum } : undefined;
  return {
    needs: { difficulty: true },
    knobs: ['lossWeight'],
    init: () => ({}),
    update(state, { difficulty }) {
      if (!difficulty) {
        throw new ArdError('geometric: nobody estimates the difficulty of classes.', {
          remedy: 'Choose an estimator, such as --set estimator=kappa.',
        });
      }
      return { state, knobs: { lossWeight: classWeights(difficulty, { beta, offset, clip, renormalise }) } };
    },
  };
}

export const geometricComponent = defineComponent({
  kind: 'strategy',
  id: 'geometric',
  summary: 'More loss weight for hard classes in the next epoch (Fair-ARD)',
  options: z.object({
    beta: z
      .number()
      .min(0)
      .default(2)
      .describe('exponent, 0 or more: how strongly hard classes are preferred'),
    offset: z
      .number()
      .min(0)
      .default(1e-5)
      .describe(
        'added to every difficulty, 0 or more; keeps a class that is never right from taking everything',
      ),
    clip: z
      .boolean()
      .default(true)
      .describe('whether weights are kept between minimum and maximum, as released'),
    minimum: fraction({ min: 0 }).default('5/6').describe('least weight, 0 or more'),
    maximum: fraction({ above: 0 }).default('5/2').describe('largest weight, above 0'),
    renormalise: z
      .boolean()
      .default(false)
      .describe('bring the mean back to 1 after clipping; the released code does not'),
  }),
  create: geometric,
});
