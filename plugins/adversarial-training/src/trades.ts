import { defineComponent, type Method } from '@ard/core';
import { crossEntropy, klDivergence, smoothLabels } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface TradesOptions {
  readonly beta: number;
  readonly detachTarget: boolean;
  /** Share of the uniform distribution in the labels of the loss, 0 (default) to below 1; the attack sees hard ones. */
  readonly labelSmoothing?: number;
}

/**
 * TRADES (Zhang et al., ICML 2019): `CE(network(x), y) + β · KL(σ(network(x)) ‖ σ(network(x̃)))`, the divergence
 * summed over classes.
 *
 * The clean distribution is not a constant: gradient flows through both sides, as in the released script. The
 * inner attack maximises the same divergence in eval mode from the clean image plus noise of 0.001. Train-mode
 * passes are clean, adversarial and clean again, so that the running statistics see clean images twice. The class
 * knob `beta` multiplies β; `cleanWeight` and `robustWeight` weight the two terms.
 */
export function trades({ beta, detachTarget, labelSmoothing = 0 }: TradesOptions): Method {
  return {
    teachers: [],
    needs: ['studentCleanLogits', 'studentAdversarialLogits'],
    studentPasses: ['clean', 'adversarial', 'clean'],
    innerAttack: {
      attack: { id: 'pgd', options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' } },
      objective: { id: 'kl-to-clean', options: {} },
      mode: 'eval',
    },
    knobs: ['beta', 'cleanWeight', 'robustWeight'],
    loss({ logits, oneHotLabels, knobs }) {
      const { studentCleanLogits: clean, studentAdversarialLogits: adversarial } = logits;
      const labels = smoothLabels(oneHotLabels, labelSmoothing);
      return {
        terms: [
          { name: 'clean', on: 'clean', coefficient: 1, perExampleLoss: crossEntropy(clean, labels) },
          {
            name: 'robust',
            on: 'adversarial',
            coefficient: beta,
            perExampleLoss: tf.mul(klDivergence(clean, adversarial, { detachTarget }), knobs.beta),
          },
        ],
      };
    },
  };
}

export const tradesComponent = defineComponent({
  kind: 'method',
  id: 'trades',
  summary: 'TRADES: accuracy on clean images and stability around them (Zhang et al., ICML 2019)',
  options: z.object({
    beta: z
      .number()
      .min(0)
      .default(6)
      .describe('coefficient of the divergence, 0 or more: 6 on CIFAR, 1 on MNIST'),
    detachTarget: z
      .boolean()
      .default(false)
      .describe('treat the clean distribution as a constant; the released script does not'),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'share of the uniform distribution in the labels of the loss, 0 to below 1; not in the attack',
      ),
  }),
  create: trades,
});
