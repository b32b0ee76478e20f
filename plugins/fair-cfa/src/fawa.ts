import { defineComponent, type WeightAveraging } from '@ard/core';
import { z } from 'zod';

export interface FawaOptions {
  readonly decay: number;
  readonly threshold: number;
  readonly validationPerClass: number;
}

/**
 * Fairness-aware weight averaging (CFA, Wei et al., CVPR 2023): an exponential average over epochs that skips every
 * epoch whose worst class falls below a robust accuracy on held-out images, under the inner attack on cross-entropy.
 * Running statistics are averaged too.
 */
export function fawa({ decay, threshold, validationPerClass }: FawaOptions): WeightAveraging {
  return {
    every: 'epoch',
    validationPerClass,
    // whatever the training maximises, the script looks at cross-entropy here
    validationObjective: { id: 'cross-entropy', options: {} },
    keep({ validation }) {
      const known = validation!.robustAccuracy.filter((accuracy) => !Number.isNaN(accuracy));
      return Math.min(...known) >= threshold ? decay : undefined;
    },
  };
}

export const fawaComponent = defineComponent({
  kind: 'averaging',
  id: 'fawa',
  summary: 'Average over epochs whose worst class is robust enough (CFA)',
  options: z.object({
    decay: z.number().min(0).lt(1).default(0.88).describe('share of the former average, 0 to below 1'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.24)
      .describe(
        'least robust accuracy of the worst class on held-out images, 0 to 1; 0.2 in the readme of the release',
      ),
    validationPerClass: z
      .int()
      .min(1)
      .default(100)
      .describe('training images per class to hold out, at least 1; 25 for CIFAR-100 as released'),
  }),
  create: fawa,
});
