import { defineComponent, fraction, fractionValue, type Fraction, type Method } from '@ard/core';
import { klDivergence, type ClassReduction } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { innerAttack } from './inner-attack.js';

export interface AdaadOptions {
  readonly adversarialWeight: Fraction;
  readonly classReduction: ClassReduction;
}

/**
 * Adaptive adversarial distillation (Huang et al., CVPR 2023): the student follows the teacher where the two differ
 * most, and the teacher answers on the same image.
 *
 *     λ · KL(σ(teacher(x̃)) ‖ σ(student(x̃))) + (1 − λ) · KL(σ(teacher(x)) ‖ σ(student(x)))
 *
 * λ is 1 as released. The scripts still run the clean pass then, and so do we, for its effect on the running
 * statistics. Train-mode passes are clean, then adversarial. Released over classes: the mean on CIFAR-10, the sum on
 * CIFAR-100. The class knobs `temperature` and `cleanTemperature` divide the teacher's logits in the loss.
 */
export function adaad({ adversarialWeight, classReduction }: AdaadOptions): Method {
  const weight = fractionValue(adversarialWeight);
  return {
    teachers: ['teacher'],
    needs: [
      'studentAdversarialLogits',
      'teacherAdversarialLogits',
      ...(weight < 1 ? (['studentCleanLogits', 'teacherCleanLogits'] as const) : []),
    ],
    studentPasses: ['clean', 'adversarial'],
    innerAttack,
    knobs: [
      'temperature',
      'robustWeight',
      ...(weight < 1 ? (['cleanTemperature', 'cleanWeight'] as const) : []),
    ],
    loss({ logits, knobs }) {
      const divergence = (
        teacher: tf.Tensor2D,
        temperature: tf.Tensor1D,
        student: tf.Tensor2D,
      ): tf.Tensor1D =>
        klDivergence(tf.div(teacher, tf.expandDims(temperature, 1)), student, {
          classReduction,
          detachTarget: true,
        });
      return {
        terms: [
          {
            name: 'adversarial',
            on: 'adversarial',
            coefficient: weight,
            perExampleLoss: divergence(
              logits.teacherAdversarialLogits,
              knobs.temperature,
              logits.studentAdversarialLogits,
            ),
          },
          ...(weight < 1
            ? [
                {
                  name: 'clean',
                  on: 'clean' as const,
                  coefficient: 1 - weight,
                  perExampleLoss: divergence(
                    logits.teacherCleanLogits,
                    knobs.cleanTemperature,
                    logits.studentCleanLogits,
                  ),
                },
              ]
            : []),
        ],
      };
    },
  };
}

export const adaadComponent = defineComponent({
  kind: 'method',
  id: 'adaad',
  summary: 'Adaptive adversarial distillation (Huang et al., CVPR 2023)',
  options: z.object({
    adversarialWeight: fraction({ above: 0, max: 1 })
      .default(1)
      .describe('share of the term on adversarial images, above 0 to 1; the rest is that on clean ones'),
    classReduction: z
      .enum(['mean', 'sum'])
      .default('mean')
      .describe('over classes: mean as released for CIFAR-10, sum as released for CIFAR-100'),
  }),
  create: adaad,
});
