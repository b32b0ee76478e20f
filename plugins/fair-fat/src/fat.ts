import { defineComponent, type ReweightingStrategy } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import { z } from 'zod';
import { classMeanVariance } from './class-mean-variance.js';

export interface FatOptions {
  readonly alpha: number;
  readonly length: 'classes' | 'as-released';
}

/**
 * Fairly adversarial training (Ma et al., NeurIPS 2022; methods.md 5.5): adds `alpha · Var_c(mean CE of class c)` of
 * the adversarial images of a batch to the method's loss. No knob is turned.
 */
export function fat({ alpha, length }: FatOptions): ReweightingStrategy {
  return {
    needs: {},
    knobs: [],
    regulariser: {
      name: 'classVariance',
      coefficient: alpha,
      needs: ['studentAdversarialLogits'],
      value: ({ logits, oneHotLabels }) =>
        classMeanVariance(crossEntropy(logits.studentAdversarialLogits, oneHotLabels), oneHotLabels, length),
    },
    init: () => ({}),
    update: (state) => ({ state, knobs: {} }),
  };
}

export const fatComponent = defineComponent({
  kind: 'strategy',
  id: 'fat',
  summary: 'Adds the variance of class risks to the loss (FAT)',
  options: z.object({
    alpha: z.number().min(0).default(0.1).describe('coefficient of the variance, 0 or more'),
    length: z
      .enum(['classes', 'as-released'])
      .default('classes')
      .describe('variance over the classes of a batch, or over 100 entries with zeros as released'),
  }),
  create: fat,
});
