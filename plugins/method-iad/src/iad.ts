import { defineComponent, type LossTerm, type Method, type StudentPass } from '@ard/core';
import { crossEntropy, klDivergence, teacherReliability } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { innerAttack } from './inner-attack.js';
import { beginOption, exponentOption, temperatureOption } from './options.js';
import { phaseOf } from './phase.js';

export interface IadOptions {
  readonly temperature: number;
  readonly alpha: number;
  readonly begin: number;
  readonly exponent: number;
  readonly iadTeacherWeight: 'one' | 'alpha';
  readonly labelTerm: 'clean' | 'adversarial-after-begin';
}

/** Train-mode passes of the scripts; those whose output is unused still update the running statistics. */
const passes: Readonly<
  Record<IadOptions['labelTerm'], Readonly<Record<ReturnType<typeof phaseOf>, readonly StudentPass[]>>>
> = {
  clean: {
    distillation: ['adversarial', 'adversarial', 'clean'],
    introspection: ['adversarial', 'adversarial', 'clean', 'clean'],
  },
  'adversarial-after-begin': {
    distillation: ['adversarial', 'clean', 'adversarial'],
    introspection: ['adversarial', 'clean', 'adversarial'],
  },
};

/**
 * Introspective adversarial distillation with one teacher, IAD-I (Zhu et al., ICLR 2022). Before the epoch `begin`
 *
 *     α T² · KL(σ(teacher(x)/T) ‖ σ(student(x̃)/T)) + (1 − α) · CE(student(x), y)
 *
 * and from then on, where the teacher is unsure of adversarial images, the student also looks at itself:
 *
 *     … + α · mean_i (1 − a_i) · KL(σ(student(x_i)) ‖ σ(student(x̃_i))),  a_i = σ(teacher(x̃_i))[y_i]^exponent
 *
 * The student's clean output is not a constant there: gradient flows through both sides, as released. The teacher's
 * term keeps its weight, as in the code of IAD-I, or gets the weight a_i, as in that of IAD-II
 * (`iadTeacherWeight`). `labelTerm: adversarial-after-begin` is Fair-IAD's form: no cross-entropy before `begin`,
 * then that of adversarial images. The inner attack maximises cross-entropy in train mode. The class knob
 * `temperature` multiplies the teacher's temperature.
 */
export function iad(options: IadOptions): Method {
  const { temperature, alpha, begin, exponent, iadTeacherWeight, labelTerm } = options;
  const target = ['studentAdversarialLogits', 'teacherCleanLogits'] as const;
  return {
    teachers: ['teacher'],
    needs: [...target, 'studentCleanLogits', 'teacherAdversarialLogits'],
    studentPasses: passes[labelTerm].distillation,
    passesInPhase: (phase) => passes[labelTerm][phase === 'introspection' ? 'introspection' : 'distillation'],
    needsInPhase: (phase) =>
      phase === 'introspection'
        ? [...target, 'studentCleanLogits', 'teacherAdversarialLogits']
        : [...target, ...(alpha < 1 && labelTerm === 'clean' ? (['studentCleanLogits'] as const) : [])],
    innerAttack,
    knobs: [
      'temperature',
      'robustWeight',
      ...(alpha < 1 && labelTerm === 'clean' ? (['cleanWeight'] as const) : []),
    ],
    phase: (epoch) => phaseOf(epoch, begin),
    loss({ logits, knobs, oneHotLabels }, phase) {
      const { studentAdversarialLogits: adversarial, studentCleanLogits: clean } = logits;
      const introspective = phase === 'introspection';
      const tempered: tf.Tensor2D = tf.div(logits.teacherCleanLogits, tf.expandDims(knobs.temperature, 1));
      const fromTeacher = klDivergence(tempered, adversarial, { temperature, detachTarget: true });
      const reliability = introspective
        ? teacherReliability(logits.teacherAdversarialLogits, oneHotLabels, exponent)
        : undefined;
      const terms: LossTerm[] = [
        {
          name: 'distillation',
          on: 'adversarial',
          coefficient: alpha * temperature ** 2,
          perExampleLoss:
            reliability && iadTeacherWeight === 'alpha' ? tf.mul(fromTeacher, reliability) : fromTeacher,
        },
      ];
      if (reliability) {
        terms.push({
          name: 'introspection',
          on: 'adversarial',
          coefficient: alpha,
          perExampleLoss: tf.mul(tf.sub(1, reliability), klDivergence(clean, adversarial)),
        });
      }
      if (alpha < 1 && (labelTerm === 'clean' || introspective)) {
        terms.push({
          name: 'label',
          on: labelTerm === 'clean' ? 'clean' : 'adversarial',
          coefficient: 1 - alpha,
          perExampleLoss: crossEntropy(labelTerm === 'clean' ? clean : adversarial, oneHotLabels),
        });
      }
      return { terms };
    },
  };
}

export const iadComponent = defineComponent({
  kind: 'method',
  id: 'iad',
  summary: 'Introspective adversarial distillation with one teacher, IAD-I (Zhu et al., ICLR 2022)',
  options: z.object({
    temperature: temperatureOption,
    alpha: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('share of distillation, above 0 to 1; the rest is cross-entropy of the label'),
    begin: beginOption.default(60),
    exponent: exponentOption,
    iadTeacherWeight: z
      .enum(['one', 'alpha'])
      .default('one')
      .describe(
        "weight of the teacher's term after the beginning: one as released, or alpha, the teacher's reliability",
      ),
    labelTerm: z
      .enum(['clean', 'adversarial-after-begin'])
      .default('clean')
      .describe(
        'where cross-entropy looks, if alpha is below 1: at clean images as in IAD, or at adversarial ones and only' +
          ' after the beginning, as in Fair-IAD; also decides the order of the passes',
      ),
  }),
  variants: {
    fair: {
      summary: 'the base method as the script of Fair-IAD has it',
      options: { labelTerm: 'adversarial-after-begin' },
    },
  },
  create: iad,
});
