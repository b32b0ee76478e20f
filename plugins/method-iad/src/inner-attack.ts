import type { InnerAttackDefaults } from '@ard/core';

/** As ARD: cross-entropy, uniform start not cut to [0, 1], batch norm in train mode, which updates its statistics. */
export const innerAttack: InnerAttackDefaults = {
  attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' } },
  objective: { id: 'cross-entropy', options: {} },
  mode: 'train',
};
