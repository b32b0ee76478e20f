import { defineComponent, type WeightAveraging } from '@ard/core';
import { z } from 'zod';

export interface EmaOptions {
  readonly decay: number;
  readonly start: number;
}

/** Exponential moving average of weights and running statistics, updated after every step. */
export function ema({ decay, start }: EmaOptions): WeightAveraging {
  return { every: 'step', keep: ({ position }) => (position.epoch < start ? undefined : decay) };
}

export const emaComponent = defineComponent({
  kind: 'averaging',
  id: 'ema',
  summary: 'Exponential moving average of weights over steps',
  options: z.object({
    decay: z.number().min(0).lt(1).default(0.999).describe('share of the former average, 0 to below 1'),
    start: z.int().min(0).default(0).describe('first epoch, from 0, that is averaged'),
  }),
  create: ema,
});
