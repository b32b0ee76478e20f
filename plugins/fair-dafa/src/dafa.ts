import { defineComponent, type ReweightingStrategy } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { dafaWeights } from './class-weights.js';

export interface DafaOptions {
  readonly warmUp: number;
  readonly scale: number;
  readonly minimum: number;
  readonly terms: 'clean' | 'all';
}

/**
 * Distance-aware fair adversarial training (Lee et al., ICLR 2024; methods.md 5.6). At the end of the warm-up, class
 * distances are read off the adversarial outputs of that epoch; the weights made of them stay as they are. They scale
 * radius and step of the attack and the loss: its clean terms only (TRADES variant) or all of it (PGD variant).
 */
export function dafa({ warmUp, scale, minimum, terms }: DafaOptions): ReweightingStrategy {
  const weighted = terms === 'clean' ? 'cleanWeight' : 'lossWeight';
  return {
    needs: {},
    knobs: [weighted, 'epsilon', 'stepSize'],
    measure: {
      needs: ['studentAdversarialLogits'],
      perExample: ({ logits }) => tf.softmax(logits.studentAdversarialLogits, 1),
    },
    begin: warmUp,
    init: () => ({}),
    update(state, { epoch, measured }) {
      const known = (state as { weights?: number[] }).weights;
      if (!known && epoch + 1 < warmUp) return { state, knobs: {} };
      const weights =
        known ??
        dafaWeights(
          measured!.sums.map((row, index) => row.map((sum) => sum / measured!.counts[index]!)),
          scale,
          minimum,
        );
      return {
        state: { weights },
        knobs: { [weighted]: weights, epsilon: weights, stepSize: weights },
      };
    },
  };
}

export const dafaComponent = defineComponent({
  kind: 'strategy',
  id: 'dafa',
  summary: 'Weights and radii from distances between classes, fixed after a warm-up (DAFA)',
  options: z.object({
    warmUp: z.int().min(1).default(70).describe('epochs before the weights are computed, at least 1'),
    scale: z
      .number()
      .min(0)
      .default(1)
      .describe('λ, 0 or more: 1 on CIFAR-10, 1.5 on CIFAR-100 and STL-10 as released'),
    minimum: z
      .number()
      .positive()
      .default(0.05)
      .describe('least weight, above 0; the released code has no bound'),
    terms: z
      .enum(['clean', 'all'])
      .default('clean')
      .describe('loss terms that are weighted: those on clean images (TRADES variant), or all (PGD variant)'),
  }),
  variants: {
    'dafa-all': {
      summary: 'weights every loss term: the PGD variant, and for methods without a clean term',
      options: { terms: 'all' },
    },
  },
  create: dafa,
});
