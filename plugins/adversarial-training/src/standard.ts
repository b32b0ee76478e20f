import { defineComponent, type Method } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import { z } from 'zod';

/**
 * Ordinary training: cross-entropy on clean images, no attack. It makes the clean teachers of methods with two of them,
 * and the network that is accurate and not robust in every comparison. One train-mode pass.
 */
export function standard(): Method {
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
          perExampleLoss: crossEntropy(logits.studentCleanLogits, oneHotLabels),
        },
      ],
    }),
  };
}

export const standardComponent = defineComponent({
  kind: 'method',
  id: 'standard',
  summary: 'Ordinary training on clean images; makes clean teachers',
  options: z.object({}),
  create: standard,
});
