import { defineComponent, type Method } from '@ard/core';
import { z } from 'zod';
import { pgdAt } from './pgd-at.js';

/**
 * Friendly adversarial training (Zhang et al., ICML 2020): the loss of {@link pgdAt} on images of an attack that stops
 * soon after an example is misclassified, in eval mode. One train-mode pass.
 */
export function friendlyAt(): Method {
  return {
    ...pgdAt({ attackMode: 'eval' }),
    innerAttack: {
      attack: {
        id: 'friendly-pgd',
        options: { epsilon: 0.031, steps: 10, stepSize: 0.007, extraSteps: 1, start: 'uniform-clipped' },
      },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    },
  };
}

export const friendlyAtComponent = defineComponent({
  kind: 'method',
  id: 'friendly-at',
  summary: 'Adversarial training that stops attacks early (friendly, Zhang et al., ICML 2020)',
  options: z.object({}),
  create: friendlyAt,
});
