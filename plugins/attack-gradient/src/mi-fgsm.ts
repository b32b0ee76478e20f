import { defineComponent, fractionValue, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  ballOf,
  keepOption,
  normOption,
  radiusOption,
  restartsOption,
  startDeviationOption,
  startOption,
  stepsOption,
} from './options.js';
import { looksForWorst, passesOf, prepareAscent } from './prepare-ascent.js';
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
  /** Independent tries, at least 1; each example keeps the worst. */
  readonly restarts: number;
  /** Which iterate of a try counts. */
  readonly keep: 'last' | 'best';
}

/**
 * Momentum iterative FGSM (Dong et al., CVPR 2018, algorithm 1): steps of `epsilon / steps` along a decaying sum of
 * normalised gradients. Made for transfer between networks.
 *
 * @throws ArdError for an epsilon above 1 in ℓ∞
 */
export function miFgsm(options: MiFgsmOptions): Attack {
  const { epsilon, norm, steps, decay, start, restarts, keep } = options;
  const ball = ballOf('mi-fgsm', norm, { epsilon });
  return {
    epsilon: fractionValue(epsilon),
    passes: passesOf(options),
    norm,
    reportsIterates: true,
    scalesSteps: true,
    cutsBatches: looksForWorst(options),
    description: [
      `MI-FGSM ${norm}, epsilon ${epsilon}, ${steps} steps, decay ${decay}, start ${start}`,
      ...(restarts > 1 ? [`${restarts} restarts`] : []),
      ...(keep === 'best' ? ['best iterate'] : []),
    ].join(', '),
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'mi-fgsm-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: { ofEpsilon: 1 / steps },
        rule: momentum(decay),
        restarts,
        keep,
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
    restarts: restartsOption,
    keep: keepOption,
  }),
  create: miFgsm,
});
