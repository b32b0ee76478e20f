import { defineComponent, type LossTerm, type Method } from '@ard/core';
import { crossEntropy, klDivergence, smoothLabels, type ClassReduction } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface KdOptions {
  readonly temperature: number;
  readonly alpha: number;
  readonly classReduction: ClassReduction;
  /** Share of the uniform distribution in the label's term, 0 (default) to below 1. */
  readonly labelSmoothing?: number;
}

/**
 * Knowledge distillation (Hinton et al., 2015), on clean images only:
 *
 *     α T² · KL(σ(teacher(x)/T) ‖ σ(student(x)/T)) + (1 − α) · CE(student(x), y)
 *
 * No inner attack, one train-mode pass. There is no script of it among the robust distillation papers; this is the
 * usual form. A term whose coefficient is 0 is left out. The class knob `cleanTemperature` multiplies the
 * teacher's temperature.
 */
export function kd({ temperature, alpha, classReduction, labelSmoothing = 0 }: KdOptions): Method {
  return {
    teachers: ['teacher'],
    needs: ['studentCleanLogits', 'teacherCleanLogits'],
    studentPasses: ['clean'],
    knobs: ['cleanWeight', ...(alpha > 0 ? (['cleanTemperature'] as const) : [])],
    loss({ logits, knobs, oneHotLabels }) {
      const terms: LossTerm[] = [];
      if (alpha > 0) {
        const target: tf.Tensor2D = tf.div(
          logits.teacherCleanLogits,
          tf.expandDims(knobs.cleanTemperature, 1),
        );
        terms.push({
          name: 'distillation',
          on: 'clean',
          coefficient: alpha * temperature ** 2,
          perExampleLoss: klDivergence(target, logits.studentCleanLogits, {
            temperature,
            classReduction,
            detachTarget: true,
          }),
        });
      }
      if (alpha < 1) {
        terms.push({
          name: 'label',
          on: 'clean',
          coefficient: 1 - alpha,
          perExampleLoss: crossEntropy(logits.studentCleanLogits, smoothLabels(oneHotLabels, labelSmoothing)),
        });
      }
      return { terms };
    },
  };
}

export const kdComponent = defineComponent({
  kind: 'method',
  id: 'kd',
  summary: 'Knowledge distillation on clean images (Hinton et al., 2015)',
  options: z.object({
    temperature: z
      .number()
      .positive()
      .default(4)
      .describe('divides the logits of teacher and student, above 0; the loss carries its square'),
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe('share of distillation, 0 to 1; the rest is cross-entropy of the label'),
    classReduction: z
      .enum(['sum', 'mean'])
      .default('sum')
      .describe('over classes: sum is the divergence, mean divides it by the number of classes'),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('share of the uniform distribution in the labels of the second term, 0 to below 1'),
  }),
  create: kd,
});
