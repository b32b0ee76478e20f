import { defineComponent, type ReweightingStrategy } from '@ard/core';
import { z } from 'zod';
import { classCosts, expertWeights } from './class-costs.js';

export interface WatOptions {
  readonly rate: number;
  readonly validationPerClass: number;
  readonly denominator: 'images' | 'as-released';
}

// batch size of the released validation loop
const releasedBatch = 128;

/**
 * Worst-class adversarial training (Li and Liu, AAAI 2023; methods.md 5.4): K classes and their average are experts
 * whose weights grow exponentially with the cost on held-out images, cumulative over epochs. The loss is
 * `1/B Σ W_y ℓ + W_K · mean ℓ`, that is, the loss weight of class c is `W_c + W_K`. All W are 1 at first.
 */
export function wat({ rate, validationPerClass, denominator }: WatOptions): ReweightingStrategy {
  return {
    needs: { validationPerClass, validationFrom: 'last' },
    knobs: ['lossWeight'],
    init: (classes) => ({ cumulative: new Array<number>(classes + 1).fill(0) }),
    initialKnobs: (classes) => ({ lossWeight: new Array<number>(classes).fill(2) }),
    update(state, { validation }) {
      const costs = classCosts(validation!, denominator === 'images' ? undefined : releasedBatch);
      const cumulative = (state as { cumulative: number[] }).cumulative.map(
        (sum, index) => sum + costs[index]!,
      );
      const weights = expertWeights(cumulative, rate);
      const average = weights.at(-1)!;
      return {
        state: { cumulative },
        knobs: { lossWeight: weights.slice(0, -1).map((weight) => weight + average) },
      };
    },
  };
}

export const watComponent = defineComponent({
  kind: 'strategy',
  id: 'wat',
  summary: 'More weight for classes that cost most on held-out images, by hedging (WAT)',
  options: z.object({
    rate: z.number().min(0).default(0.1).describe('η, 0 or more: how fast weights follow the costs'),
    validationPerClass: z
      .int()
      .min(1)
      .default(300)
      .describe('training images per class to hold out, at least 1; 30 for CIFAR-100 as released'),
    denominator: z
      .enum(['images', 'as-released'])
      .default('as-released')
      .describe(
        'divides costs by the number of held-out images, or by their batches of 128 as if the last were full',
      ),
  }),
  create: wat,
});
