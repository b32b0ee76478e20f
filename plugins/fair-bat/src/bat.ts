import { defineComponent, type Method } from '@ard/core';
import { crossEntropy, klDivergence } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { balancedPair, balancedPairObserver } from './balanced-pair.js';

export interface BatOptions {
  readonly beta: number;
  readonly uniformWeight: number;
  readonly extraSteps: number;
}

/**
 * Balance adversarial training (Sun et al., AAAI 2023; methods.md 5.2): two iterates of one attack per image, x_lc just
 * before the decision boundary and x_fa just behind it, give a pair that balances source and target class.
 *
 *     CE(f(x_lc), y) + β · KL(σ(f(x)) ‖ σ(f(x_fa))) + KL(σ(f(x_lc)) ‖ U) + KL(σ(f(x_fa)) ‖ U)
 *
 * with U uniform. Gradient flows through both sides of the first divergence. Train-mode passes are x_lc, x_fa, x. The
 * class knob `beta` multiplies β.
 */
export function bat({ beta, uniformWeight, extraSteps }: BatOptions): Method {
  return {
    teachers: [],
    needs: ['studentCollectedLogits', 'studentAdversarialLogits', 'studentCleanLogits'],
    studentPasses: ['collected', 'adversarial', 'clean'],
    innerAttack: {
      attack: {
        id: 'pgd',
        options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian-clipped' },
      },
      objective: { id: 'kl-to-clean', options: {} },
      mode: 'eval',
    },
    knobs: ['beta'],
    trajectory: balancedPairObserver(extraSteps),
    collect: ({ trajectory, adversarial }) => balancedPair(trajectory, adversarial),
    loss({ logits, oneHotLabels, knobs }) {
      const { studentCollectedLogits: right, studentAdversarialLogits: wrong } = logits;
      return {
        terms: [
          { name: 'boundary', coefficient: 1, perExampleLoss: crossEntropy(right, oneHotLabels) },
          {
            name: 'robust',
            coefficient: beta,
            perExampleLoss: tf.mul(klDivergence(logits.studentCleanLogits, wrong), knobs.beta),
          },
          {
            name: 'uniform',
            coefficient: uniformWeight,
            perExampleLoss: tf.add(divergenceToUniform(right), divergenceToUniform(wrong)),
          },
        ],
      };
    },
  };
}

/** `KL(softmax(logits) ‖ U) = ln K − H`, `[batch]`. */
function divergenceToUniform(logits: tf.Tensor2D): tf.Tensor1D {
  return klDivergence(logits, tf.zerosLike(logits));
}

export const batComponent = defineComponent({
  kind: 'method',
  id: 'bat',
  summary: 'Balance adversarial training: pairs on both sides of the boundary (Sun et al., AAAI 2023)',
  options: z.object({
    beta: z
      .number()
      .min(0)
      .default(6)
      .describe('coefficient of the divergence between clean and wrong, 0 or more'),
    uniformWeight: z
      .number()
      .min(0)
      .default(1)
      .describe('coefficient of the divergences to the uniform distribution, 0 or more'),
    extraSteps: z
      .int()
      .min(0)
      .default(1)
      .describe('τ, attack steps from the first error to the image that is trained on, 0 or more'),
  }),
  create: bat,
});
