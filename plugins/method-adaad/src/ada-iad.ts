import { defineComponent, type LossTerm, type Method } from '@ard/core';
import { crossEntropy, klDivergence, teacherReliability } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { innerAttack } from './inner-attack.js';

export interface AdaIadOptions {
  readonly temperature: number;
  readonly alpha: number;
  readonly begin: number;
  readonly exponent: number;
}

const introspection = 'introspection';

/**
 * AdaIAD (Huang et al., CVPR 2023): the attack of AdaAD, then the loss of IAD-I with the teacher's target on the
 * adversarial image and a temperature of 30.
 *
 *     α T² · KL(σ(teacher(x̃)/T) ‖ σ(student(x̃)/T)) + (1 − α) · CE(student(x), y)
 *         + from the epoch `begin` on: α · mean_i (1 − a_i) · KL(σ(student(x_i)) ‖ σ(student(x̃_i)))
 *
 * with `a_i = σ(teacher(x̃_i))[y_i]^exponent`; the student's clean output is not a constant. Train-mode passes are
 * clean, adversarial, clean, and from `begin` on one more clean. The class knob `temperature` multiplies the teacher's
 * temperature.
 */
export function adaIad({ temperature, alpha, begin, exponent }: AdaIadOptions): Method {
  return {
    teachers: ['teacher'],
    needs: ['studentAdversarialLogits', 'studentCleanLogits', 'teacherAdversarialLogits'],
    studentPasses: ['clean', 'adversarial', 'clean'],
    passesInPhase: (phase) => [
      'clean',
      'adversarial',
      'clean',
      ...(phase === introspection ? (['clean'] as const) : []),
    ],
    needsInPhase: (phase) => [
      'studentAdversarialLogits',
      'teacherAdversarialLogits',
      ...(alpha < 1 || phase === introspection ? (['studentCleanLogits'] as const) : []),
    ],
    innerAttack,
    knobs: ['temperature', 'robustWeight', ...(alpha < 1 ? (['cleanWeight'] as const) : [])],
    phase: (epoch) => (epoch < begin ? 'distillation' : introspection),
    loss({ logits, knobs, oneHotLabels }, phase) {
      const {
        studentAdversarialLogits: adversarial,
        studentCleanLogits: clean,
        teacherAdversarialLogits: teacher,
      } = logits;
      const target: tf.Tensor2D = tf.div(teacher, tf.expandDims(knobs.temperature, 1));
      const terms: LossTerm[] = [
        {
          name: 'distillation',
          on: 'adversarial',
          coefficient: alpha * temperature ** 2,
          perExampleLoss: klDivergence(target, adversarial, { temperature, detachTarget: true }),
        },
      ];
      if (phase === introspection) {
        const reliability = teacherReliability(teacher, oneHotLabels, exponent);
        terms.push({
          name: introspection,
          on: 'adversarial',
          coefficient: alpha,
          perExampleLoss: tf.mul(tf.sub(1, reliability), klDivergence(clean, adversarial)),
        });
      }
      if (alpha < 1) {
        terms.push({
          name: 'label',
          on: 'clean',
          coefficient: 1 - alpha,
          perExampleLoss: crossEntropy(clean, oneHotLabels),
        });
      }
      return { terms };
    },
  };
}

export const adaIadComponent = defineComponent({
  kind: 'method',
  id: 'ada-iad',
  summary: 'The attack of AdaAD with the loss of IAD-I (Huang et al., CVPR 2023)',
  options: z.object({
    temperature: z
      .number()
      .positive()
      .default(30)
      .describe('divides the logits of teacher and student, above 0; the loss carries its square'),
    alpha: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('share of distillation, above 0 to 1; the rest is cross-entropy on clean images'),
    begin: z
      .int()
      .min(0)
      .default(60)
      .describe('first epoch, counted from 0, in which the student also learns from itself'),
    exponent: z
      .number()
      .min(0)
      .default(0.1)
      .describe("exponent of the teacher's probability of the label, 0 or more: how fast trust falls"),
  }),
  create: adaIad,
});
