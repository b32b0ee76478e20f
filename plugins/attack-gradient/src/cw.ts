import { defineComponent, fractionValue, type Attack } from '@ard/core';
import { z } from 'zod';
import { confidenceOption, marginObjective } from './objectives/margin.js';
import {
  ballOf,
  keepOption,
  normOption,
  radiusOption,
  restartsOption,
  startDeviationOption,
  startOption,
  stepSizeOption,
  stepsOption,
} from './options.js';
import type { PgdOptions } from './pgd.js';
import { looksForWorst, passesOf, prepareAscent } from './prepare-ascent.js';

export interface CwOptions extends PgdOptions {
  /** How far past the decision boundary an example is pushed, in logits, 0 or more. */
  readonly confidence: number;
}

/**
 * PGD on the margin of Carlini and Wagner (S&P 2017), as the ℓ∞ scripts of this field use the name; the ℓ2 attack
 * of the paper is another. The objective of the run does not matter to it.
 *
 * @throws ArdError for an epsilon or stepSize above 1 in ℓ∞
 */
export function cw(options: CwOptions): Attack {
  const { epsilon, norm, steps, stepSize, start, restarts, keep } = options;
  const ball = ballOf('cw', norm, { epsilon, stepSize });
  const objective = marginObjective({ confidence: options.confidence });
  return {
    epsilon: fractionValue(epsilon),
    passes: passesOf(options),
    norm,
    reportsIterates: true,
    scalesSteps: true,
    cutsBatches: looksForWorst(options),
    description: [
      `C&W ${norm} (margin PGD), epsilon ${epsilon}, ${steps} steps of ${stepSize}, start ${start}`,
      ...(restarts > 1 ? [`${restarts} restarts`] : []),
      ...(keep === 'best' ? ['best iterate'] : []),
    ].join(', '),
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'cw-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: fractionValue(stepSize),
        restarts,
        keep,
        perExampleLoss: (inputs) => objective.perExampleLoss(inputs),
      }),
  };
}

export const cwComponent = defineComponent({
  kind: 'attack',
  id: 'cw',
  summary: 'PGD on the margin of Carlini and Wagner, with its objective built in',
  options: z.object({
    epsilon: radiusOption,
    norm: normOption,
    steps: stepsOption.default(20),
    stepSize: stepSizeOption,
    start: startOption.default('uniform'),
    startDeviation: startDeviationOption,
    restarts: restartsOption,
    keep: keepOption,
    confidence: confidenceOption,
  }),
  variants: {
    'fair-ard': {
      summary: "20 steps of 2/255 in 8/255, uniform start: C&W of Fair-ARD's evaluation",
      options: { epsilon: '8/255', steps: 20, stepSize: '2/255', start: 'uniform' },
    },
    iad: {
      summary: "30 steps of 2/255 in 8/255, uniform start cut to [0, 1]: C&W of IAD's evaluation",
      options: { epsilon: '8/255', steps: 30, stepSize: '2/255', start: 'uniform-clipped' },
    },
    wat: {
      summary: "30 steps of 0.003 in 0.031, uniform start cut to [0, 1]: C&W of WAT's evaluation",
      options: { epsilon: 0.031, steps: 30, stepSize: 0.003, start: 'uniform-clipped' },
    },
  },
  create: cw,
});
