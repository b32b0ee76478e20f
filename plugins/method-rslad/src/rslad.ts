import {
  defineComponent,
  fraction,
  fractionValue,
  type Fraction,
  type ImageKind,
  type LossTerm,
  type Method,
} from '@ard/core';
import { softLabelCrossEntropy, stopGradient, type ClassReduction } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface RsladOptions {
  readonly adversarialWeight: Fraction;
  readonly cleanWeight: Fraction;
  readonly classReduction: ClassReduction;
  readonly cifar100Scale: number;
}

/**
 * Robust soft label adversarial distillation (Zi et al., ICCV 2021): the teacher's output on the clean image
 * replaces the label everywhere.
 *
 *     5/6 · ℓ(student(x̃)) + 1/6 · ℓ(student(x)),  ℓ(z) = mean over classes of −P ln σ(z) + P ln(P + 1e-5)
 *
 * with `P = σ(teacher(x))`, no temperature. The inner attack maximises KL(P ‖ σ(student(x̃))) in eval mode from the
 * clean image plus noise of 0.001. Then two train-mode passes, adversarial first. The class knobs `temperature` and
 * `cleanTemperature` divide the teacher's logits in the two terms, the former in the inner attack as well.
 */
export function rslad({
  adversarialWeight,
  cleanWeight,
  classReduction,
  cifar100Scale,
}: RsladOptions): Method {
  return {
    teachers: ['teacher'],
    needs: ['studentAdversarialLogits', 'studentCleanLogits', 'teacherCleanLogits'],
    studentPasses: ['adversarial', 'clean'],
    innerAttack: {
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
      objective: { id: 'kl-to-teacher', options: {} },
      mode: 'eval',
    },
    knobs: ['temperature', 'cleanTemperature', 'cleanWeight', 'robustWeight'],
    loss({ logits, knobs }) {
      const target = (temperature: tf.Tensor1D): tf.Tensor2D =>
        stopGradient(tf.div(logits.teacherCleanLogits, tf.expandDims(temperature, 1)));
      const scale = logits.teacherCleanLogits.shape[1] === 100 ? cifar100Scale : 1;
      const term = (
        on: ImageKind,
        weight: Fraction,
        student: tf.Tensor2D,
        temperature: tf.Tensor1D,
      ): LossTerm => ({
        name: on,
        on,
        coefficient: scale * fractionValue(weight),
        perExampleLoss: softLabelCrossEntropy(target(temperature), student, { classReduction }),
      });
      return {
        terms: [
          term('adversarial', adversarialWeight, logits.studentAdversarialLogits, knobs.temperature),
          term('clean', cleanWeight, logits.studentCleanLogits, knobs.cleanTemperature),
        ],
      };
    },
  };
}

export const rsladComponent = defineComponent({
  kind: 'method',
  id: 'rslad',
  summary: 'Robust soft label adversarial distillation (Zi et al., ICCV 2021)',
  options: z.object({
    adversarialWeight: fraction({ min: 0 })
      .default('5/6')
      .describe('coefficient of the loss on adversarial images, 0 or more'),
    cleanWeight: fraction({ min: 0 })
      .default('1/6')
      .describe('coefficient of the loss on clean images, 0 or more'),
    classReduction: z
      .enum(['mean', 'sum'])
      .default('mean')
      .describe('over classes: mean as released, which weakens the loss as classes get more, or sum'),
    cifar100Scale: z
      .number()
      .positive()
      .default(10)
      .describe(
        'multiplies both coefficients when there are exactly 100 classes: 10 as released for CIFAR-100, which makes' +
          ' up for the mean over classes; 1 switches it off',
      ),
  }),
  create: rslad,
});
