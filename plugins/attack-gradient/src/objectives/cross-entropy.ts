import { defineComponent, type Objective } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import { z } from 'zod';

/** Cross-entropy of the label: what an attack on a classifier maximises unless told otherwise. */
export function crossEntropyObjective(): Objective {
  return {
    references: [],
    perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
  };
}

export const crossEntropyComponent = defineComponent({
  kind: 'objective',
  id: 'cross-entropy',
  summary: 'Cross-entropy of the label',
  options: z.object({}),
  create: crossEntropyObjective,
});
