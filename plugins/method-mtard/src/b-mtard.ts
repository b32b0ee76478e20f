import { defineComponent, type Method } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { initialBalance } from './balance.js';
import { balancedLoss, balanceOptions, innerAttack, knobs, type BalanceOptions } from './shared.js';
import { updateTemperatures } from './temperatures.js';

export interface BMtardOptions extends BalanceOptions {
  readonly temperatureRate: number;
  readonly minimumTemperature: number;
  readonly maximumTemperature: number;
}

/**
 * Balanced multi-teacher distillation, B-MTARD (Zhao et al., TPAMI 2024): {@link mtard} with a temperature for each
 * teacher, applied to the teacher only, that makes both equally certain; see `temperatures.ts`. A step uses the
 * temperatures that the step before has left. The class knobs `temperature` and `cleanTemperature` multiply them.
 */
export function bMtard(options: BMtardOptions): Method {
  const { temperatureRate, minimumTemperature: minimum, maximumTemperature: maximum } = options;
  const initial = { shape: [], values: [Math.min(Math.max(1, minimum), maximum)] };
  return {
    teachers: ['teacher', 'cleanTeacher'],
    needs: [
      'studentAdversarialLogits',
      'studentCleanLogits',
      'teacherAdversarialLogits',
      'cleanTeacherCleanLogits',
    ],
    studentPasses: ['adversarial', 'clean'],
    innerAttack,
    knobs,
    initialState: () => ({
      ...initialBalance,
      teacherTemperature: initial,
      cleanTeacherTemperature: initial,
    }),
    loss(inputs) {
      const { logits, state } = inputs;
      const tempered = (teacher: tf.Tensor2D, knob: tf.Tensor1D, temperature: tf.Tensor): tf.Tensor2D =>
        tf.div(teacher, tf.expandDims(tf.mul(knob, temperature), 1));
      const targets = {
        adversarial: tempered(
          logits.teacherAdversarialLogits,
          inputs.knobs.temperature,
          state.teacherTemperature!,
        ),
        clean: tempered(
          logits.cleanTeacherCleanLogits,
          inputs.knobs.cleanTemperature,
          state.cleanTeacherTemperature!,
        ),
      };
      const loss = balancedLoss(inputs, targets, options);
      const temperatures = updateTemperatures({
        state,
        ...targets,
        rate: tf.mul(inputs.learningRateFactor, temperatureRate),
        minimum,
        maximum,
      });
      return { ...loss, state: { ...loss.state, ...temperatures } };
    },
  };
}

const temperatureOption = z.number().positive();

export const bMtardComponent = defineComponent({
  kind: 'method',
  id: 'b-mtard',
  summary: 'MTARD with balanced certainty of both teachers (B-MTARD, Zhao et al., TPAMI 2024)',
  options: z.object({
    ...balanceOptions,
    temperatureRate: z
      .number()
      .min(0)
      .default(0.001)
      .describe('how far a temperature moves in a step, 0 or more; falls with the learning rate'),
    minimumTemperature: temperatureOption.default(1).describe('least temperature of a teacher, above 0'),
    maximumTemperature: temperatureOption
      .default(10)
      .describe('largest temperature of a teacher, at least the least'),
  }),
  create: bMtard,
});
