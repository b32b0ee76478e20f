import { defineComponent, type WeightAveraging } from '@ard/core';
import { z } from 'zod';

export interface SwaOptions {
  readonly start: number;
  readonly every: number;
}

/**
 * Stochastic weight averaging (Izmailov et al., UAI 2018): the plain mean of the weights at the ends of epochs. The
 * running statistics are averaged too, rather than estimated anew by a pass over the training images.
 */
export function swa({ start, every }: SwaOptions): WeightAveraging {
  return {
    every: 'epoch',
    keep: ({ position: { epoch }, updates }) =>
      epoch < start || (epoch - start) % every !== 0 ? undefined : updates / (updates + 1),
  };
}

export const swaComponent = defineComponent({
  kind: 'averaging',
  id: 'swa',
  summary: 'Mean of the weights at the ends of epochs (SWA)',
  options: z.object({
    start: z.int().min(0).default(100).describe('first epoch, from 0, that is averaged'),
    every: z.int().min(1).default(1).describe('epochs from one sample to the next, at least 1'),
  }),
  create: swa,
});
