import { defineComponent, type Method } from '@ard/core';
import { crossEntropy, smoothLabels } from '@ard/nn';
import { z } from 'zod';

export interface StandardOptions {
  /** Share of the uniform distribution in the labels of the loss, 0 (default) to below 1. */
  readonly labelSmoothing?: number;
}

/**
 * Ordinary training: cross-entropy on clean images, no attack. It makes the clean teachers of methods with two of them,
 * and the network that is accurate and not robust in every comparison. One train-mode pass.
 */
export function standard({ labelSmoothing = 0 }: StandardOptions = {}): Method {
  return {
    teachers: [],
    needs: ['studentCleanLogits'],
    studentPasses: ['clean'],
    knobs: ['cleanWeight'],
    loss: ({ logits, oneHotLabels }) => ({
      terms: [
        {
          name: 'clean',
          on: 'clean',
          coefficient: 1,
          perExampleLoss: crossEntropy(logits.studentCleanLogits, smoothLabels(oneHotLabels, labelSmoothing)),
        },
      ],
    }),
  };
}

export const standardComponent = defineComponent({
  kind: 'method',
  id: 'standard',
  summary: 'Ordinary training on clean images; makes clean teachers',
  options: z.object({
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('share of the uniform distribution in the labels, 0 to below 1'),
  }),
  create: standard,
});
