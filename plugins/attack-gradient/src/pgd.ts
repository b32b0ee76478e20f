import {
  defineComponent,
  fraction,
  fractionValue,
  type Attack,
  type Component,
  type Fraction,
} from '@ard/core';
import { z } from 'zod';
import { linf } from './linf.js';
import { epsilonOption, startDeviationOption, startOption } from './options.js';
import { prepareAscent } from './prepare-ascent.js';
import type { StartPoint } from './start-point.js';

export interface PgdOptions {
  /** Radius in pixel units of [0, 1]. */
  readonly epsilon: Fraction;
  /** Gradient steps, at least 1. */
  readonly steps: number;
  /** In pixel units of [0, 1]; the same for every example, whatever its radius. */
  readonly stepSize: Fraction;
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
}

/**
 * Projected gradient descent in the ℓ∞ ball (Madry et al., ICLR 2018): `x_{k+1} = Π(x_k + stepSize · sign ∇loss)`.
 * The last iterate is the result, without looking for the best one. Each step costs one forward and one backward
 * pass.
 */
export function pgd(options: PgdOptions): Attack {
  const { epsilon, steps, stepSize, start } = options;
  return {
    epsilon: fractionValue(epsilon),
    passes: { forward: steps, backward: steps },
    reportsIterates: true,
    scalesSteps: true,
    description: `PGD linf, epsilon ${epsilon}, ${steps} steps of ${stepSize}, start ${start}`,
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'pgd-step',
        ball: linf,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: fractionValue(stepSize),
      }),
  };
}

const options = z.object({
  epsilon: epsilonOption,
  steps: z.int().min(1).default(10).describe('gradient steps, at least 1'),
  stepSize: fraction({ above: 0, max: 1 }).default('2/255').describe('step, in pixel units of [0, 1]'),
  start: startOption.default('uniform'),
  startDeviation: startDeviationOption,
});

/** Settings of papers and their scripts. */
const variants: Component['variants'] = {
  train10: {
    summary: '10 steps of 2/255 in 8/255: the inner attack of the ARD family, uniform start',
    options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' },
  },
  s: {
    summary: "20 steps of 2/255 in 8/255, uniform start: PGD of Fair-ARD's evaluation",
    options: { epsilon: '8/255', steps: 20, stepSize: '2/255', start: 'uniform' },
  },
  t: {
    summary:
      '20 steps of 0.003 in 8/255, uniform start cut to [0, 1]: PGD by which RSLAD selects checkpoints',
    options: { epsilon: '8/255', steps: 20, stepSize: 0.003, start: 'uniform-clipped' },
  },
  trades: {
    summary: "20 steps of 0.003 in 0.031, uniform start: TRADES' white-box test",
    options: { epsilon: 0.031, steps: 20, stepSize: 0.003, start: 'uniform' },
  },
  'trades-train': {
    summary: "10 steps of 0.007 in 0.031, gaussian start: TRADES' inner attack on CIFAR-10",
    options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' },
  },
  'trades-mnist': {
    summary: "40 steps of 0.01 in 0.3, uniform start: TRADES' white-box test on MNIST",
    options: { epsilon: 0.3, steps: 40, stepSize: 0.01, start: 'uniform' },
  },
  iad: {
    summary: "20 steps of 2/255 in 8/255, uniform start cut to [0, 1]: IAD's evaluation",
    options: { epsilon: '8/255', steps: 20, stepSize: '2/255', start: 'uniform-clipped' },
  },
  gairat: {
    summary: "20 steps of 0.031/4 in 0.031, uniform start cut to [0, 1]: GAIRAT's evaluation",
    options: { epsilon: 0.031, steps: 20, stepSize: '0.031/4', start: 'uniform-clipped' },
  },
  wat: {
    summary: "100 steps of 0.003 in 0.031, uniform start cut to [0, 1]: WAT's evaluation",
    options: { epsilon: 0.031, steps: 100, stepSize: 0.003, start: 'uniform-clipped' },
  },
};

export const pgdComponent = defineComponent({
  kind: 'attack',
  id: 'pgd',
  summary: 'Projected gradient descent in the linf ball (Madry et al., 2018)',
  options,
  variants,
  create: pgd,
});
