import { defineComponent, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  batchSizeOption,
  epsilonOption,
  normOf,
  normOption,
  restartsOption,
  stopWhenBrokenOption,
  radiusOf,
} from '../options.js';
import { memberAttack } from '../search/member-attack.js';
import { apgdLosses, type ApgdLoss } from './apgd-loss.js';
import { apgdMember } from './apgd-member.js';

export interface ApgdOptions {
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  readonly loss: ApgdLoss;
  readonly iterations: number;
  readonly restarts: number;
  readonly targets: number;
  readonly gradientSamples: number;
  readonly start: 'none' | 'boundary';
  readonly stopWhenBroken: boolean;
  readonly batchSize: number;
}

/**
 * Auto-PGD on its own (Croce and Hein, ICML 2020). Returns the first image that breaks an example, or the one of
 * the highest loss; with `stopWhenBroken` off the highest loss among those that break it.
 */
export function apgd(options: ApgdOptions): Attack {
  const { loss, iterations, restarts, epsilon, norm, targets } = options;
  const name = loss === 'dlr-targeted' ? 'apgd-t' : `apgd-${loss}`;
  const member = apgdMember(name, {
    ...options,
    norm: normOf(norm),
    randomStart: options.start === 'boundary',
  });
  const tries = loss === 'dlr-targeted' ? `, ${targets} targets` : '';
  return memberAttack([member], {
    epsilon: radiusOf('apgd', norm, epsilon),
    batchSize: options.batchSize,
    norm,
    description: `APGD ${norm}, epsilon ${epsilon}, ${loss}, ${iterations} iterations${tries}, ${restarts} restart${restarts > 1 ? 's' : ''}`,
  });
}

export const apgdComponent = defineComponent({
  kind: 'attack',
  id: 'apgd',
  summary: 'Auto-PGD: projected ascent that finds its own step size (Croce and Hein, 2020)',
  options: z.object({
    epsilon: epsilonOption,
    norm: normOption,
    loss: z
      .enum(apgdLosses)
      .default('ce')
      .describe(
        'what is maximised: cross-entropy, difference of logits ratio, or that towards target classes',
      ),
    iterations: z.int().min(1).max(10000).default(100).describe('updates of each try, 1 or more'),
    restarts: restartsOption,
    targets: z
      .int()
      .min(1)
      .default(9)
      .describe('target classes of dlr-targeted, the best first; at most all but the label'),
    gradientSamples: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('gradients averaged per iteration, for networks that draw random numbers; 1 or more'),
    start: z
      .enum(['boundary', 'none'])
      .default('boundary')
      .describe('first point: random on the boundary of the ball, or the clean image'),
    stopWhenBroken: stopWhenBrokenOption,
    batchSize: batchSizeOption,
  }),
  variants: {
    ce: { summary: 'cross-entropy, 100 iterations', options: { loss: 'ce' } },
    dlr: { summary: 'difference of logits ratio, 100 iterations', options: { loss: 'dlr' } },
    t: {
      summary: 'difference of logits ratio towards nine target classes, 100 iterations each',
      options: { loss: 'dlr-targeted' },
    },
  },
  create: apgd,
});
