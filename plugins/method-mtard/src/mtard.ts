import { defineComponent, type Method } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { initialBalance } from './balance.js';
import { balancedLoss, balanceOptions, innerAttack, knobs, type BalanceOptions } from './shared.js';

export interface MtardOptions extends BalanceOptions {
  readonly cleanTeacherTarget: 'clean' | 'as-released';
}

/**
 * Multi-teacher adversarial robustness distillation (Zhao et al., ECCV 2022): a robust teacher, which sees the
 * adversarial image as the student does, and a clean one.
 *
 *     w_adversarial · ℓ(σ(teacher(x̃)), student(x̃)) + w_clean · ℓ(σ(cleanTeacher(x)), student(x))
 *
 * with the soft-label loss ℓ of RSLAD, and weights that are balanced at every step by how far each loss has fallen,
 * see `balance.ts`. With class weights the balance works on the weighted losses, as in Fair-MTARD. The inner attack
 * maximises cross-entropy in eval mode. Then two train-mode passes, adversarial first. The class knobs
 * `temperature` and `cleanTemperature` divide the logits of the teacher and of the clean teacher.
 *
 * `cleanTeacherTarget: as-released` reproduces a defect of the script of Fair-MTARD, whose clean loss compares with
 * the robust teacher on the adversarial image; the clean teacher is then not needed at all.
 */
export function mtard({ cleanTeacherTarget, ...options }: MtardOptions): Method {
  const second = cleanTeacherTarget === 'clean';
  return {
    teachers: second ? ['teacher', 'cleanTeacher'] : ['teacher'],
    needs: [
      'studentAdversarialLogits',
      'studentCleanLogits',
      'teacherAdversarialLogits',
      ...(second ? (['cleanTeacherCleanLogits'] as const) : []),
    ],
    studentPasses: ['adversarial', 'clean'],
    innerAttack,
    knobs,
    initialState: () => initialBalance,
    loss(inputs) {
      const { logits } = inputs;
      const tempered = (teacher: tf.Tensor2D, temperature: tf.Tensor1D): tf.Tensor2D =>
        tf.div(teacher, tf.expandDims(temperature, 1));
      return balancedLoss(
        inputs,
        {
          adversarial: tempered(logits.teacherAdversarialLogits, inputs.knobs.temperature),
          clean: tempered(
            second ? logits.cleanTeacherCleanLogits : logits.teacherAdversarialLogits,
            inputs.knobs.cleanTemperature,
          ),
        },
        options,
      );
    },
  };
}

export const mtardComponent = defineComponent({
  kind: 'method',
  id: 'mtard',
  summary: 'Multi-teacher adversarial robustness distillation (Zhao et al., ECCV 2022)',
  options: z.object({
    ...balanceOptions,
    cleanTeacherTarget: z
      .enum(['clean', 'as-released'])
      .default('clean')
      .describe(
        'target of the clean loss: the clean teacher on clean images, or as the script of Fair-MTARD has it the' +
          ' robust teacher on adversarial images',
      ),
  }),
  create: mtard,
});
