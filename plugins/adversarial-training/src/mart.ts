import { defineComponent, type Method } from '@ard/core';
import { boostedCrossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface MartOptions {
  readonly beta: number;
}

// as the released script has them
const predictionOffset = 1e-12;
const errorOffset = 1e-7;

/**
 * MART (Wang et al., ICLR 2020): misclassified examples count more. With `p = σ(network(x))`, `p̃ = σ(network(x̃))`
 * and ŷ the most probable wrong class of p̃:
 *
 *     CE(network(x̃), y) − ln(1.0001 − p̃_ŷ + 1e-12) + β · KL(p ‖ p̃ + 1e-12) · (1.0000001 − p_y)
 *
 * Gradient flows through p as well. The inner attack maximises cross-entropy in eval mode from the clean image plus
 * noise of 0.001. Train-mode passes are clean, then adversarial. The class knob `beta` multiplies β.
 */
export function mart({ beta }: MartOptions): Method {
  return {
    teachers: [],
    needs: ['studentCleanLogits', 'studentAdversarialLogits'],
    studentPasses: ['clean', 'adversarial'],
    innerAttack: {
      attack: { id: 'pgd', options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    },
    knobs: ['beta', 'robustWeight'],
    loss({ logits, oneHotLabels, knobs }) {
      const { studentCleanLogits: clean, studentAdversarialLogits: adversarial } = logits;
      return {
        terms: [
          {
            name: 'adversarial',
            on: 'adversarial',
            coefficient: 1,
            perExampleLoss: boostedCrossEntropy(adversarial, oneHotLabels),
          },
          {
            name: 'robust',
            on: 'adversarial',
            coefficient: beta,
            perExampleLoss: tf.mul(weightedDivergence(clean, adversarial, oneHotLabels), knobs.beta),
          },
        ],
      };
    },
  };
}

function weightedDivergence(
  clean: tf.Tensor2D,
  adversarial: tf.Tensor2D,
  oneHotLabels: tf.Tensor2D,
): tf.Tensor1D {
  const logTarget = tf.logSoftmax(clean, 1);
  const target = tf.exp(logTarget);
  const logPrediction = tf.log(tf.add(tf.softmax(adversarial, 1), predictionOffset));
  const divergence = tf.sum(tf.mul(target, tf.sub(logTarget, logPrediction)), 1);
  const error = tf.sub(1 + errorOffset, tf.sum(tf.mul(target, oneHotLabels), 1));
  return tf.mul(divergence, error);
}

export const martComponent = defineComponent({
  kind: 'method',
  id: 'mart',
  summary: 'MART: misclassified examples count more (Wang et al., ICLR 2020)',
  options: z.object({
    beta: z
      .number()
      .min(0)
      .default(5)
      .describe('coefficient of the divergence, 0 or more: 5 for ResNet-18, 6 for wide ResNets'),
  }),
  create: mart,
});
