import { ArdError, fraction, fractionValue, type Fraction } from '@ard/core';
import { z } from 'zod';
import { l2 } from './norms/l2.js';
import { linf } from './norms/linf.js';
import type { Norm } from './norms/norm.js';

export const epsilonOption = fraction({ min: 0, max: 10 })
  .default('8/255')
  .describe(
    'radius of the ball, in pixel units of [0, 1]; for l2 the length of the whole perturbation, often 0.5',
  );

export const normOption = z
  .enum(['linf', 'l2'])
  .default('linf')
  .describe('norm of the ball: linf bounds every pixel, l2 the length of the whole perturbation');

export const stopWhenBrokenOption = z
  .boolean()
  .default(true)
  .describe(
    'an example is done once the network is wrong about it, and examples wrong from the start are not attacked;' +
      ' otherwise the worst image of all iterations is searched for',
  );

export const batchSizeOption = z
  .int()
  .min(0)
  .max(10000)
  .default(0)
  .describe('examples per pass, refilled from those still unbroken; 0 takes what the caller gives');

export const restartsOption = z.int().min(1).max(1000).default(1).describe('independent tries, 1 or more');

export function normOf(name: 'linf' | 'l2'): Norm {
  return name === 'linf' ? linf : l2;
}

/**
 * The radius as a number.
 *
 * @throws ArdError for a radius in linf that is longer than the range of a pixel
 */
export function radiusOf(attack: string, norm: 'linf' | 'l2', epsilon: Fraction): number {
  const radius = fractionValue(epsilon);
  if (norm === 'l2' || radius <= 1) return radius;
  throw new ArdError(`${attack}: epsilon ${epsilon} exceeds the range of a pixel, [0, 1].`, {
    remedy: `Write ${epsilon}/255 if you count in steps of 8-bit images.`,
  });
}
