import { defineComponent, type Objective } from '@ard/core';
import { klDivergence } from '@ard/nn';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/**
 * `KL(softmax(teacher(x̃)) ‖ softmax(student(x̃)))`, both networks at the moving iterate: the inner attack of AdaAD
 * (Huang et al., CVPR 2023). The target is not a constant: the gradient with respect to x̃ flows through both networks,
 * so every step costs a forward and a backward pass of the teacher too.
 */
export function klToTeacherAtIterate(): Objective {
  return {
    references: ['teacherIterateLogits'],
    perExampleLoss: ({ logits, references }) =>
      klDivergence(references.teacherIterateLogits as Tensor2D, logits),
  };
}

export const klToTeacherAtIterateComponent = defineComponent({
  kind: 'objective',
  id: 'kl-to-teacher-at-iterate',
  summary: "KL divergence from the teacher's output on the same image, gradient through both (AdaAD)",
  options: z.object({}),
  create: klToTeacherAtIterate,
});
