import { ArdError, fraction, fractionValue, type Fraction } from '@ard/core';
import { z } from 'zod';
import type { Ball } from './ball.js';
import { l2 } from './l2.js';
import { linf } from './linf.js';
import { startKinds } from './start-point.js';

/** Radius of the ball. */
export const epsilonOption = fraction({ min: 0, max: 1 })
  .default('8/255')
  .describe('radius of the ball, in pixel units of [0, 1]; class knobs may scale it per example');

/** First iterate; each attack has its own default. */
export const startOption = z
  .enum(startKinds)
  .describe(
    'first iterate: the clean image (none), a uniform point of the ball, the same cut to [0, 1], or the clean' +
      ' image plus gaussian noise, which may be cut too',
  );

export const startDeviationOption = fraction({ min: 0, max: 1 })
  .default(0.001)
  .describe('standard deviation of the gaussian start, in pixel units of [0, 1]; unused by the other starts');

/** Radius of a ball whose norm may be chosen. */
export const radiusOption = fraction({ min: 0, max: 10 })
  .default('8/255')
  .describe(
    'radius of the ball, in pixel units of [0, 1], at most 1 in linf; class knobs may scale it per example',
  );

/** Step in such a ball. */
export const stepSizeOption = fraction({ above: 0, max: 10 })
  .default('2/255')
  .describe('length of a step, in pixel units of [0, 1], at most 1 in linf');

export const normOption = z
  .enum(['linf', 'l2'])
  .default('linf')
  .describe('norm of the ball: linf bounds every pixel, l2 the length of the whole perturbation');

export const stepsOption = z.int().min(1).default(10).describe('gradient steps, at least 1');

export const restartsOption = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .describe('independent tries, at least 1; each example keeps the worst');

export const keepOption = z
  .enum(['last', 'best'])
  .default('last')
  .describe(
    'which iterate of a try counts: the last one, or the worst one, misclassified before not, then the higher loss',
  );

/**
 * @throws ArdError for radii or steps in linf that are longer than the range of a pixel
 */
export function ballOf(
  attack: string,
  norm: 'linf' | 'l2',
  lengths: Readonly<Record<string, Fraction>>,
): Ball {
  for (const [option, length] of Object.entries(lengths)) {
    if (norm === 'l2' || fractionValue(length) <= 1) continue;
    throw new ArdError(`${attack}: ${option} ${length} exceeds the range of a pixel, [0, 1].`, {
      remedy: `Write ${length}/255 if you count in steps of 8-bit images.`,
    });
  }
  return norm === 'linf' ? linf : l2;
}
