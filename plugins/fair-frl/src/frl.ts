import { defineComponent, type ClassResults, type ReweightingStrategy } from '@ard/core';
import { z } from 'zod';
import { boundMultipliers, classWeights, marginScales } from './multipliers.js';

export interface FrlOptions {
  readonly reweight: boolean;
  readonly remargin: boolean;
  readonly slack: number;
  readonly weightRate: number;
  readonly halveEvery: number;
  readonly limit: number;
  readonly marginRate: number;
  readonly marginMaximum: number;
  readonly validationPerClass: number;
}

/** Lagrange multipliers per class: of clean error, of boundary error, and of the margin. */
type Multipliers = { clean: number[]; boundary: number[]; margin: number[] };

/**
 * Fair robust learning (Xu et al., ICML 2021; methods.md 5.1): before each epoch, classes whose clean or boundary
 * error on held-out images exceeds the average by more than a slack get larger multipliers. These weight the clean
 * and the robust term of the loss apart, each a mean over the weights of the batch (reweight), and enlarge the
 * radius (remargin); the step of a whole batch then grows with the largest radius in it, as released.
 */
export function frl(options: FrlOptions): ReweightingStrategy {
  const { reweight, remargin, slack, limit, validationPerClass } = options;
  return {
    needs: {
      validationPerClass,
      validationFrom: 'last',
      validationAttack: {
        attack: {
          id: 'pgd',
          options: { epsilon: '8/255', steps: 20, stepSize: '2/255', start: 'uniform-clipped' },
        },
        objective: { id: 'cross-entropy', options: {} },
      },
      beforeTraining: true,
    },
    knobs: [
      ...(reweight ? (['cleanWeight', 'robustWeight'] as const) : []),
      ...(remargin ? (['epsilon', 'stepSize'] as const) : []),
    ],
    meanOver: 'weights',
    ...(remargin ? { stepSizeOf: 'batch' as const } : {}),
    init(classes) {
      const zeros = new Array<number>(classes).fill(0);
      return { clean: zeros, boundary: zeros, margin: zeros };
    },
    update(state, { epoch, validation }) {
      const before = state as Multipliers;
      const { clean, boundary } = excesses(validation!, slack);
      // the epoch that these weights are for, counted from 1 as the script does, is the epoch after the one that ended
      const rate = options.weightRate * 0.5 ** Math.floor((epoch + 2) / options.halveEvery);
      const next: Multipliers = {
        clean: reweight ? boundMultipliers(plus(before.clean, clean, rate), limit) : before.clean,
        boundary: reweight
          ? boundMultipliers(plus(before.boundary, boundary, 2 * rate), limit)
          : before.boundary,
        margin: remargin ? plus(before.margin, boundary, options.marginRate) : before.margin,
      };
      const scales = marginScales(next.margin, options.marginMaximum);
      return {
        state: next,
        knobs: {
          ...(reweight
            ? { cleanWeight: classWeights(next.clean), robustWeight: classWeights(next.boundary) }
            : {}),
          ...(remargin ? { epsilon: scales, stepSize: scales } : {}),
        },
      };
    },
  };
}

/** By how much each class exceeds the average error plus slack; 0 for a class without examples. */
function excesses(
  { counts, cleanAccuracy, robustAccuracy }: ClassResults,
  slack: number,
): { clean: number[]; boundary: number[] } {
  const clean = cleanAccuracy.map((accuracy) => 1 - accuracy);
  const boundary = cleanAccuracy.map((accuracy, index) => accuracy - robustAccuracy[index]!);
  const over = (errors: readonly number[]): number[] => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const mean = errors.reduce((sum, e, index) => sum + (counts[index] ? e * counts[index] : 0), 0) / total;
    return errors.map((error, index) => (counts[index] ? error - mean - slack : 0));
  };
  return { clean: over(clean), boundary: over(boundary) };
}

function plus(values: readonly number[], added: readonly number[], rate: number): number[] {
  return values.map((value, index) => value + rate * added[index]!);
}

export const frlComponent = defineComponent({
  kind: 'strategy',
  id: 'frl',
  summary: 'Multipliers for classes whose held-out error is above average (FRL)',
  options: z.object({
    reweight: z.boolean().default(true).describe('weight clean and robust terms by class'),
    remargin: z.boolean().default(true).describe('enlarge radii by class'),
    slack: z
      .number()
      .min(0)
      .default(0.07)
      .describe('δ, error above average that is tolerated: 0.07 with remargin, 0.1 without as released'),
    weightRate: z
      .number()
      .min(0)
      .default(0.05)
      .describe('ρ1, rate of the weights; twice that for boundaries'),
    halveEvery: z
      .int()
      .min(1)
      .default(40)
      .describe('the rate is halved at this epoch, counted from 1, and at its multiples; at least 1'),
    limit: z
      .number()
      .min(0)
      .lt(1)
      .default(0.5)
      .describe('largest sum of the multipliers of a kind, 0 to below 1'),
    marginRate: z.number().min(0).default(0.2).describe('ρ2, rate of the margins, 0 or more'),
    marginMaximum: z
      .number()
      .min(1)
      .default(3)
      .describe('largest factor on a radius, at least 1: 3 with reweight, 2.5 otherwise as released'),
    validationPerClass: z
      .int()
      .min(1)
      .default(300)
      .describe('training images per class to hold out, at least 1'),
  }),
  variants: {
    'frl-reweight': { summary: 'weights only', options: { remargin: false, slack: 0.1 } },
    'frl-remargin': { summary: 'radii only', options: { reweight: false, marginMaximum: 2.5 } },
  },
  create: frl,
});
