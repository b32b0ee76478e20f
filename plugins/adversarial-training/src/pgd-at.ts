import { defineComponent, type Method, type Mode } from '@ard/core';
import { crossEntropy, smoothLabels } from '@ard/nn';
import { z } from 'zod';

export interface PgdAtOptions {
  readonly attackMode: Mode;
  /** Share of the uniform distribution in the labels of the loss, 0 (default) to below 1; the attack sees hard ones. */
  readonly labelSmoothing?: number;
}

/**
 * Adversarial training with PGD (Madry et al., ICLR 2018; also called SAT): cross-entropy on adversarial images,
 * which maximise the same. One train-mode pass.
 */
export function pgdAt({ attackMode, labelSmoothing = 0 }: PgdAtOptions): Method {
  return {
    teachers: [],
    needs: ['studentAdversarialLogits'],
    studentPasses: ['adversarial'],
    innerAttack: {
      attack: {
        id: 'pgd',
        options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform-clipped' },
      },
      objective: { id: 'cross-entropy', options: {} },
      mode: attackMode,
    },
    knobs: ['robustWeight'],
    loss: ({ logits, oneHotLabels }) => ({
      terms: [
        {
          name: 'adversarial',
          on: 'adversarial',
          coefficient: 1,
          perExampleLoss: crossEntropy(
            logits.studentAdversarialLogits,
            smoothLabels(oneHotLabels, labelSmoothing),
          ),
        },
      ],
    }),
  };
}

export const pgdAtComponent = defineComponent({
  kind: 'method',
  id: 'pgd-at',
  summary: 'Adversarial training with PGD (Madry et al., ICLR 2018)',
  options: z.object({
    attackMode: z
      .enum(['train', 'eval'])
      .default('train')
      .describe(
        'batch norm inside the attack: train as in the scripts of Rice et al., which updates its statistics, or' +
          ' eval as where IAD trains its teachers',
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'share of the uniform distribution in the labels of the loss, 0 to below 1; not in the attack',
      ),
  }),
  create: pgdAt,
});
