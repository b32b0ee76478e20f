import { defineComponent, fractionValue, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import { linf } from './linf.js';
import { epsilonOption, startDeviationOption, startOption } from './options.js';
import { prepareAscent } from './prepare-ascent.js';
import type { StartPoint } from './start-point.js';

export interface FgsmOptions {
  /** Radius and step in pixel units of [0, 1]. */
  readonly epsilon: Fraction;
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
}

/**
 * Fast gradient sign method (Goodfellow et al., ICLR 2015): one step as long as the radius,
 * `Π(x_0 + epsilon · sign ∇loss)`.
 */
export function fgsm({ epsilon, start, startDeviation }: FgsmOptions): Attack {
  return {
    epsilon: fractionValue(epsilon),
    passes: { forward: 1, backward: 1 },
    norm: 'linf',
    reportsIterates: true,
    scalesSteps: true,
    description: `FGSM linf, epsilon ${epsilon}, start ${start}`,
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'fgsm-step',
        ball: linf,
        start: { kind: start, deviation: fractionValue(startDeviation) },
        steps: 1,
        stepSize: { ofEpsilon: 1 },
      }),
  };
}

export const fgsmComponent = defineComponent({
  kind: 'attack',
  id: 'fgsm',
  summary: 'Fast gradient sign method: one step of epsilon (Goodfellow et al., 2015)',
  options: z.object({
    epsilon: epsilonOption,
    start: startOption.default('none'),
    startDeviation: startDeviationOption,
  }),
  variants: {
    'fair-ard': {
      summary: "from the clean image plus noise of 0.001: FGSM of Fair-ARD's evaluation",
      options: { start: 'gaussian' },
    },
    iad: {
      summary: "from a uniform point of the ball: the one-step attack of IAD's evaluation",
      options: { start: 'uniform' },
    },
  },
  create: fgsm,
});
