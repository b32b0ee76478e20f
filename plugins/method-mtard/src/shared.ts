import type { InnerAttackDefaults, KnobName, LossInputs, MethodLoss } from '@ard/core';
import { softLabelCrossEntropy, stopGradient, type ClassReduction } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { updateBalance } from './balance.js';

/** Cross-entropy from the clean image plus noise of 0.001, in eval mode. */
export const innerAttack: InnerAttackDefaults = {
  attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
  objective: { id: 'cross-entropy', options: {} },
  mode: 'eval',
};

/** Options of both methods. */
export const balanceOptions = {
  balanceRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.025)
    .describe(
      'how far the weights move towards their goal in a step, 0 to 1; falls with the learning rate. 0 keeps both' +
        ' at one half',
    ),
  classReduction: z
    .enum(['mean', 'sum'])
    .default('mean')
    .describe('over classes: mean as released, which weakens the loss as classes get more, or sum'),
  cifar100Scale: z
    .number()
    .positive()
    .default(10)
    .describe(
      'multiplies the loss when there are exactly 100 classes: 10 as released for CIFAR-100; 1 is off',
    ),
};

export interface BalanceOptions {
  readonly balanceRate: number;
  readonly classReduction: ClassReduction;
  readonly cifar100Scale: number;
}

/** Class knobs that {@link balancedLoss} and the targets of both methods honour. */
export const knobs: readonly KnobName[] = ['temperature', 'cleanTemperature', 'robustWeight', 'cleanWeight'];

/** Two soft-label losses and the balance between them; targets are logits, constants. Traced. */
export function balancedLoss(
  inputs: LossInputs,
  targets: { readonly adversarial: tf.Tensor2D; readonly clean: tf.Tensor2D },
  { balanceRate, classReduction, cifar100Scale }: BalanceOptions,
): Required<MethodLoss> {
  const { logits, state, learningRateFactor, weightedMean } = inputs;
  const perExample = (target: tf.Tensor2D, student: tf.Tensor2D): tf.Tensor1D =>
    softLabelCrossEntropy(stopGradient(target), student, { classReduction });
  const adversarial = perExample(targets.adversarial, logits.studentAdversarialLogits);
  const clean = perExample(targets.clean, logits.studentCleanLogits);
  const balance = updateBalance({
    state,
    adversarialLoss: weightedMean(adversarial, 'adversarial'),
    cleanLoss: weightedMean(clean, 'clean'),
    rate: tf.mul(learningRateFactor, balanceRate),
  });
  const scale = targets.adversarial.shape[1] === 100 ? cifar100Scale : 1;
  return {
    terms: [
      {
        name: 'adversarial',
        on: 'adversarial',
        coefficient: tf.mul(balance.adversarialWeight, scale),
        perExampleLoss: adversarial,
      },
      { name: 'clean', on: 'clean', coefficient: tf.mul(balance.cleanWeight, scale), perExampleLoss: clean },
    ],
    state: balance.state,
  };
}
