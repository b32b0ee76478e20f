import { fraction } from '@ard/core';
import { z } from 'zod';
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
      ' image plus gaussian noise',
  );

export const startDeviationOption = fraction({ min: 0, max: 1 })
  .default(0.001)
  .describe('standard deviation of the gaussian start, in pixel units of [0, 1]; unused by the other starts');
