import { defineComponent, type Method } from '@ard/core';
import { z } from 'zod';
import { friendlyAttack } from './friendly-attack.js';
import { pgdAt } from './pgd-at.js';

/**
 * Friendly adversarial training (Zhang et al., ICML 2020): the loss of {@link pgdAt} on images of an attack that stops
 * soon after an example is misclassified, in eval mode: at once in the beginning, one step later from epoch 50 and two
 * from epoch 90 on, as released. One train-mode pass.
 */
export function friendlyAt(): Method {
  return {
    ...pgdAt({ attackMode: 'eval' }),
    innerAttack: {
      // after epochs 50 and 90 of a script that counts from 1
      attack: friendlyAttack([0, 1, 2], [50, 90]),
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
