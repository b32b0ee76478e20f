import { defineComponent, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  batchSizeOption,
  epsilonOption,
  normOption,
  restartsOption,
  stopWhenBrokenOption,
  radiusOf,
} from '../options.js';
import { memberAttack } from '../search/member-attack.js';
import { l2Squares } from './l2-squares.js';
import { linfSquares } from './linf-squares.js';
import { squareMember } from './square-member.js';
import type { Squares } from './squares.js';

export interface SquareOptions {
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  readonly queries: number;
  readonly initialShare: number;
  readonly rescaleSchedule: boolean;
  readonly restarts: number;
  readonly stopWhenBroken: boolean;
  readonly batchSize: number;
}

/** The Square attack on its own (Andriushchenko et al., ECCV 2020). Needs no gradient. */
export function square(options: SquareOptions): Attack {
  const { epsilon, norm, queries, initialShare, rescaleSchedule, restarts, stopWhenBroken } = options;
  const schedule = { queries, initialShare, rescale: rescaleSchedule };
  return memberAttack(
    [squareMember('square', { squares: squaresOf(norm), schedule, restarts, stopWhenBroken })],
    {
      epsilon: radiusOf('square', norm, epsilon),
      batchSize: options.batchSize,
      norm,
      description: `Square ${norm}, epsilon ${epsilon}, ${queries} queries, ${restarts} restart${restarts > 1 ? 's' : ''}`,
    },
  );
}

export function squaresOf(norm: 'linf' | 'l2'): Squares {
  return norm === 'linf' ? linfSquares : l2Squares;
}

export const queriesOption = z
  .int()
  .min(1)
  .max(1000000)
  .default(5000)
  .describe('changes that Square tries; each costs one forward pass');

export const rescaleScheduleOption = z
  .boolean()
  .default(false)
  .describe("whether Square's schedule, made for 10,000 queries, is scaled to the number of queries");

export const squareComponent = defineComponent({
  kind: 'attack',
  id: 'square',
  summary: 'Square attack: random search without gradients (Andriushchenko et al., 2020)',
  options: z.object({
    epsilon: epsilonOption,
    norm: normOption,
    queries: queriesOption,
    initialShare: z
      .number()
      .gt(0)
      .max(1)
      .default(0.8)
      .describe('share of the pixels that the first window covers, above 0, at most 1'),
    rescaleSchedule: rescaleScheduleOption,
    restarts: restartsOption,
    stopWhenBroken: stopWhenBrokenOption,
    batchSize: batchSizeOption,
  }),
  create: square,
});
