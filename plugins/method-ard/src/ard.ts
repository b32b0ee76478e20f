import { defineComponent, type LossTerm, type Method, type Mode } from '@ard/core';
import { crossEntropy, klDivergence, type ClassReduction } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface ArdOptions {
  readonly temperature: number;
  readonly alpha: number;
  readonly classReduction: ClassReduction;
  readonly attackMode: Mode;
}

/**
 * Adversarially robust distillation (Goldblum et al., AAAI 2020):
 *
 *     α T² · KL(σ(teacher(x)/T) ‖ σ(student(x̃)/T)) + (1 − α) · CE(student(x), y)
 *
 * The teacher sees the clean image, the student the adversarial one. The inner attack maximises cross-entropy from
 * a uniform start, with batch norm in train mode: its ten passes update the running statistics. Then follow two
 * train-mode passes, adversarial and clean.
 *
 * As released α is 1. The scripts still run the clean pass then, and so do we, for its effect on the running
 * statistics; a term whose coefficient is 0 is left out of the loss, so that nothing is differentiated for it. The
 * class knob `temperature` multiplies the teacher's temperature.
 */
export function ard({ temperature, alpha, classReduction, attackMode }: ArdOptions): Method {
  return {
    teachers: ['teacher'],
    needs: [
      'studentAdversarialLogits',
      'teacherCleanLogits',
      ...(alpha < 1 ? (['studentCleanLogits'] as const) : []),
    ],
    studentPasses: ['adversarial', 'clean'],
    innerAttack: {
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: attackMode,
    },
    knobs: [
      ...(alpha > 0 ? (['temperature', 'robustWeight'] as const) : []),
      ...(alpha < 1 ? (['cleanWeight'] as const) : []),
    ],
    loss({ logits, knobs, oneHotLabels }) {
      const terms: LossTerm[] = [];
      if (alpha > 0) {
        const target: tf.Tensor2D = tf.div(logits.teacherCleanLogits, tf.expandDims(knobs.temperature, 1));
        terms.push({
          name: 'distillation',
          on: 'adversarial',
          coefficient: alpha * temperature ** 2,
          perExampleLoss: klDivergence(target, logits.studentAdversarialLogits, {
            temperature,
            classReduction,
            detachTarget: true,
          }),
        });
      }
      if (alpha < 1) {
        terms.push({
          name: 'clean',
          on: 'clean',
          coefficient: 1 - alpha,
          perExampleLoss: crossEntropy(logits.studentCleanLogits, oneHotLabels),
        });
      }
      return { terms };
    },
  };
}

export const ardComponent = defineComponent({
  kind: 'method',
  id: 'ard',
  summary: 'Adversarially robust distillation (Goldblum et al., AAAI 2020)',
  options: z.object({
    temperature: z
      .number()
      .positive()
      .default(30)
      .describe('divides the logits of teacher and student, above 0; the loss carries its square'),
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('share of distillation, 0 to 1; the rest is cross-entropy on clean images'),
    classReduction: z
      .enum(['mean', 'sum'])
      .default('mean')
      .describe('over classes: mean as in the original script (a factor 1/classes), sum as in later ones'),
    attackMode: z
      .enum(['train', 'eval'])
      .default('train')
      .describe(
        'batch norm of the student inside the attack: train as released, which updates its statistics',
      ),
  }),
  variants: {
    goldblum: {
      summary: 'the original script: temperature 30, mean over classes, attack in train mode',
      options: { temperature: 30, alpha: 1, classReduction: 'mean', attackMode: 'train' },
    },
    iad: {
      summary: "ARD as IAD's repository runs it: temperature 1, sum over classes, attack in train mode",
      options: { temperature: 1, alpha: 1, classReduction: 'sum', attackMode: 'train' },
    },
    saad: {
      summary: "ARD as SAAD's repository runs it: temperature 1, sum over classes, attack in eval mode",
      options: { temperature: 1, alpha: 1, classReduction: 'sum', attackMode: 'eval' },
    },
  },
  create: ard,
});
