import { defineComponent, type Objective } from '@ard/core';
import { klDivergence } from '@ard/nn';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/**
 * `KL(softmax(student(x)) ‖ softmax(student(x̃)))` with the clean output as a constant: the inner attack of TRADES
 * (Zhang et al., ICML 2019). The clean output is computed once per batch; in eval mode that equals computing it
 * anew at every step, as the released script does.
 */
export function klToClean(): Objective {
  return {
    references: ['studentCleanLogits'],
    perExampleLoss: ({ logits, references }) =>
      klDivergence(references.studentCleanLogits as Tensor2D, logits),
  };
}

export const klToCleanComponent = defineComponent({
  kind: 'objective',
  id: 'kl-to-clean',
  summary: "KL divergence from the network's own output on the clean image (TRADES)",
  options: z.object({}),
  create: klToClean,
});
