import type { InnerAttackDefaults } from '@ard/core';

/** Both methods attack alike: where teacher and student differ most, student in eval mode. */
export const innerAttack: InnerAttackDefaults = {
  attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
  objective: { id: 'kl-to-teacher-at-iterate', options: {} },
  mode: 'eval',
};
