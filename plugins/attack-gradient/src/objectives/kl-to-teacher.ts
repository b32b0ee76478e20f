import { defineComponent, type Objective } from '@ard/core';
import { klDivergence } from '@ard/nn';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/**
 * `KL(softmax(teacher(x)) ‖ softmax(student(x̃)))` with the teacher on the clean image, at temperature 1: the
 * inner attack of RSLAD (Zi et al., ICCV 2021) and Fair-RSLAD.
 */
export function klToTeacher(): Objective {
  return {
    references: ['teacherCleanLogits'],
    perExampleLoss: ({ logits, references }) =>
      klDivergence(references.teacherCleanLogits as Tensor2D, logits),
  };
}

export const klToTeacherComponent = defineComponent({
  kind: 'objective',
  id: 'kl-to-teacher',
  summary: "KL divergence from the teacher's output on the clean image (RSLAD)",
  options: z.object({}),
  create: klToTeacher,
});
