import { ArdError, defineComponent, fractionValue, type Attack, type Fraction } from '@ard/core';
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
  /** τ, steps that an example takes once it is misclassified, 0 or more; a list rises with the training. */
  readonly extraSteps: number | readonly number[];
  /** Epochs, from 0, at which the next entry of the list takes over. */
  readonly raiseAt: readonly number[];
  readonly start: StartPoint['kind'];
  readonly startDeviation: Fraction;
}

/**
 * Early-stopped PGD (Zhang et al., "Attacks which do not kill training make adversarial learning stronger", ICML
 * 2020). For training, not for evaluation: it stops where others go on. Every step costs one forward and one
 * backward pass for the whole batch, stopped examples included. With a list of `extraSteps` the attack gets less friendly
 * as training goes on; evaluations, which have no epoch, get the last entry.
 *
 * @throws ArdError for an epsilon or stepSize above 1 in ℓ∞, and for a list that does not fit `raiseAt`
 */
export function friendlyPgd(options: FriendlyPgdOptions): Attack {
  const { epsilon, norm, steps, stepSize, extraSteps, start } = options;
  const ball = ballOf('friendly-pgd', norm, { epsilon, stepSize });
  const extraStepsAt = risingSteps(options);
  const extra =
    typeof extraSteps === 'number' ? String(extraSteps) : `${extraSteps[0]} to ${extraSteps.at(-1)}`;
  return {
    epsilon: fractionValue(epsilon),
    passes: { forward: steps, backward: steps },
    norm,
    reportsIterates: true,
    scalesSteps: true,
    description: `friendly PGD ${norm}, epsilon ${epsilon}, up to ${steps} steps of ${stepSize}, ${extra} once wrong, start ${start}`,
    prepare: (victim) =>
      prepareAscent(victim, {
        name: 'friendly-pgd-step',
        ball,
        start: { kind: start, deviation: fractionValue(options.startDeviation) },
        steps,
        stepSize: fractionValue(stepSize),
        rule: earlyStopping(extraStepsAt),
      }),
  };
}

function risingSteps({
  extraSteps,
  raiseAt,
}: Pick<FriendlyPgdOptions, 'extraSteps' | 'raiseAt'>): (epoch: number | undefined) => number {
  if (typeof extraSteps === 'number') return () => extraSteps;
  if (extraSteps.length !== raiseAt.length + 1) {
    throw new ArdError(
      `friendly-pgd: extraSteps has ${extraSteps.length} entries and raiseAt ${raiseAt.length} epochs.`,
      { remedy: 'Give one entry more than epochs, or one number for the whole training.' },
    );
  }
  return (epoch = Infinity) => extraSteps[raiseAt.filter((start) => epoch >= start).length]!;
}

const extraStepsNumber = z.int().min(0).max(1000);

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
      .union([extraStepsNumber, z.array(extraStepsNumber).min(1)])
      .default(1)
      .describe(
        'steps that an example takes once it is misclassified, 0 or more; or a list of them, for the epochs before,' +
          ' between and after those of raiseAt',
      ),
    raiseAt: z
      .array(z.int().min(0))
      .default([])
      .describe('epochs, from 0, at which the next entry of a list of extraSteps takes over'),
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
