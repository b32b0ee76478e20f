import { defineComponent, fractionValue, type Attack, type Component, type Fraction } from '@ard/core';
import { z } from 'zod';
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
import { looksForWorst, passesOf, prepareAscent } from './prepare-ascent.js';
import type { StartPoint } from './start-point.js';

export interface PgdOptions {
  /** Radius in pixel units of [0, 1]. */
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  /** Gradient steps, at least 1. */
  readonly steps: number;
  /** In pixel units of [0, 1]; the same for every example, whatever its radius. */
  readonly stepSize: Fraction;
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
  /** Independent tries, at least 1; each example keeps the worst. */
  readonly restarts: number;
  /** Which iterate of a try counts. */
  readonly keep: 'last' | 'best';
  /** Follows each step by one that no class knob scales, in the ball of `epsilon`: a defect of DAFA's PGD script. */
  readonly doubleStep?: boolean;
}

/**
 * Projected gradient descent (Madry et al., ICLR 2018): `x_{k+1} = Π(x_k + stepSize · move)`, the move being the
 * sign of the gradient in ℓ∞ and the gradient of length 1 in ℓ2. The last iterate is the result unless the worst
 * one is asked for. Each step costs one forward and one backward pass; with restarts or `best` each try costs one
 * more, for the last iterate.
 *
 * @throws ArdError for an epsilon or stepSize above 1 in ℓ∞
 */
export function pgd(options: PgdOptions): Attack {
  const { epsilon, norm, steps, stepSize, start, restarts, keep } = options;
  const ball = ballOf('pgd', norm, { epsilon, stepSize });
  return {
    epsilon: fractionValue(epsilon),
    passes: passesOf(options),
    norm,
    reportsIterates: true,
    scalesSteps: true,
    cutsBatches: looksForWorst(options),
    description: [
      `PGD ${norm}, epsilon ${epsilon}, ${steps} steps of ${stepSize}, start ${start}`,
      ...(restarts > 1 ? [`${restarts} restarts`] : []),
      ...(keep === 'best' ? ['best iterate'] : []),
      ...(options.doubleStep ? ['double steps'] : []),
    ].join(', '),
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'pgd-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: fractionValue(stepSize),
        ...(options.doubleStep ? { unscaledRadius: fractionValue(epsilon) } : {}),
        restarts,
        keep,
      }),
  };
}

const options = z.object({
  epsilon: radiusOption,
  norm: normOption,
  steps: stepsOption,
  stepSize: stepSizeOption,
  start: startOption.default('uniform'),
  startDeviation: startDeviationOption,
  restarts: restartsOption,
  keep: keepOption,
  doubleStep: z
    .boolean()
    .default(false)
    .describe(
      'follow each step by one that no class knob scales, in the ball of epsilon, as the PGD script of DAFA does' +
        ' by mistake',
    ),
});

/** Settings of papers and their scripts. */
const variants: Component['variants'] = {
  train10: {
    summary: '10 steps of 2/255 in 8/255: the inner attack of the ARD family, uniform start',
    options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' },
  },
  ten: {
    summary:
      '10 steps of 2/255 in 8/255, uniform start cut to [0, 1]: PGD by which AdaAD and CFA select checkpoints',
    options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform-clipped' },
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
  dafa: {
    summary: "20 steps of 0.003 in 0.031, uniform start, worst of all iterates: DAFA's evaluation",
    options: { epsilon: 0.031, steps: 20, stepSize: 0.003, start: 'uniform', keep: 'best' },
  },
  l2: {
    summary: '20 steps of 0.1 in a ball of radius 0.5 in l2, uniform start',
    options: { norm: 'l2', epsilon: 0.5, steps: 20, stepSize: 0.1, start: 'uniform' },
  },
};

export const pgdComponent = defineComponent({
  kind: 'attack',
  id: 'pgd',
  summary: 'Projected gradient descent in the linf or l2 ball (Madry et al., 2018)',
  options,
  variants,
  create: pgd,
});
