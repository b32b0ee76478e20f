import { defineComponent, fractionValue, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  ballOf,
  normOption,
  radiusOption,
  startDeviationOption,
  startOption,
  stepsOption,
} from './options.js';
import { prepareAscent } from './prepare-ascent.js';
import { momentum } from './rules/momentum.js';
import type { StartPoint } from './start-point.js';

export interface MiFgsmOptions {
  /** Radius in pixel units of [0, 1]; each step is a `steps`-th of it. */
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  /** Gradient steps, at least 1. */
  readonly steps: number;
  /** Share of the old direction that is kept, 0 or more. */
  readonly decay: number;
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
}

/**
 * Momentum iterative FGSM (Dong et al., CVPR 2018, algorithm 1): steps of `epsilon / steps` along a decaying sum of
 * normalised gradients. Made for transfer between networks.
 *
 * @throws ArdError for an epsilon above 1 in ℓ∞
 */
export function miFgsm(options: MiFgsmOptions): Attack {
  const { epsilon, norm, steps, decay, start } = options;
  const ball = ballOf('mi-fgsm', norm, { epsilon });
  return {
    epsilon: fractionValue(epsilon),
    passes: { forward: steps, backward: steps },
    norm,
    reportsIterates: true,
    scalesSteps: true,
    description: `MI-FGSM ${norm}, epsilon ${epsilon}, ${steps} steps, decay ${decay}, start ${start}`,
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'mi-fgsm-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: { ofEpsilon: 1 / steps },
        rule: momentum(decay),
      }),
  };
}

export const miFgsmComponent = defineComponent({
  kind: 'attack',
  id: 'mi-fgsm',
  summary: 'FGSM in steps with momentum (Dong et al., 2018)',
  options: z.object({
    epsilon: radiusOption,
    norm: normOption,
    steps: stepsOption,
    decay: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .describe('share of the old direction that is kept, 0 (none) or more'),
    start: startOption.default('none'),
    startDeviation: startDeviationOption,
  }),
  create: miFgsm,
});
