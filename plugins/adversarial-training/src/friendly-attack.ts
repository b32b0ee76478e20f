import type { InnerAttackDefaults } from '@ard/core';

/**
 * Ten steps of 0.007 in 0.031 that end some steps after an example is misclassified: `extraSteps[i]` of them once the
 * epoch has reached `raiseAt[i - 1]` (friendly adversarial training, Zhang et al., ICML 2020: tau).
 */
export function friendlyAttack(
  extraSteps: readonly number[],
  raiseAt: readonly number[],
): InnerAttackDefaults['attack'] {
  return {
    id: 'friendly-pgd',
    options: { epsilon: 0.031, steps: 10, stepSize: 0.007, extraSteps, raiseAt, start: 'uniform-clipped' },
  };
}
