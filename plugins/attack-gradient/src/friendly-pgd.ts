import { defineComponent, fractionValue, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  ballOf,
  normOption,
  radiusOption,
  startDeviationOption,
  startOption,
  stepSizeOption,
  stepsOption,
} from './options.js';
import { prepareAscent } from './prepare-ascent.js';
import { earlyStopping } from './rules/early-stopping.js';
import type { StartPoint } from './start-point.js';

export interface FriendlyPgdOptions {
  /** Radius in pixel units of [0, 1]. */
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  /** Gradient steps at most, at least 1. */
  readonly steps: number;
  /** In pixel units of [0, 1]. */
  readonly stepSize: Fraction;
  /** Steps that an example takes once it is misclassified, 0 or more. */
  readonly extraSteps: number;
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
}

/**
 * Early-stopped PGD (Zhang et al., "Attacks which do not kill training make adversarial learning stronger", ICML
 * 2020). For training, not for evaluation: it stops where others go on. Every step costs one forward and one
 * backward pass for the whole batch, stopped examples included.
 *
 * @throws ArdError for an epsilon or stepSize above 1 in ℓ∞
 */
export function friendlyPgd(options: FriendlyPgdOptions): Attack {
  const { epsilon, norm, steps, stepSize, extraSteps, start } = options;
  const ball = ballOf('friendly-pgd', norm, { epsilon, stepSize });
  return {
    epsilon: fractionValue(epsilon),
    passes: { forward: steps, backward: steps },
    reportsIterates: true,
    scalesSteps: true,
    description: `friendly PGD ${norm}, epsilon ${epsilon}, up to ${steps} steps of ${stepSize}, ${extraSteps} once wrong, start ${start}`,
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'friendly-pgd-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: fractionValue(stepSize),
        rule: earlyStopping(extraSteps),
      }),
  };
}

export const friendlyPgdComponent = defineComponent({
  kind: 'attack',
  id: 'friendly-pgd',
  summary: 'PGD that stops soon after an example is misclassified (Zhang et al., 2020); for training',
  options: z.object({
    epsilon: radiusOption,
    norm: normOption,
    steps: stepsOption,
    stepSize: stepSizeOption,
    extraSteps: z
      .int()
      .min(0)
      .max(1000)
      .default(1)
      .describe('steps that an example takes once it is misclassified, 0 or more'),
    start: startOption.default('uniform'),
    startDeviation: startDeviationOption,
  }),
  variants: {
    cfa: { summary: 'three more steps once misclassified, as in CFA', options: { extraSteps: 3 } },
    bat: {
      summary: 'one more step once misclassified, as in BAT, which maximises kl-to-clean',
      options: { extraSteps: 1 },
    },
  },
  create: friendlyPgd,
});
