import { defineComponent, type Component, type ReweightingStrategy } from '@ard/core';
import { z } from 'zod';
import { meanOne } from './mean-one.js';

/** Loss weights from the robust training accuracy of each class in the epoch that ended; no memory. */
function fromAccuracy(weights: (accuracy: readonly number[]) => readonly number[]): ReweightingStrategy {
  return {
    needs: { training: true },
    knobs: ['lossWeight'],
    init: () => ({}),
    update: (state, { training }) => ({
      state,
      knobs: { lossWeight: weights(training!.robustAccuracy) },
    }),
  };
}

/** Weights of 1: the arm of an ablation in which nothing is reweighted. */
export function uniform(): ReweightingStrategy {
  return fromAccuracy((accuracy) => accuracy.map(() => 1));
}

/** `w_c ∝ 1 / (a_c + offset)`, mean 1. */
export function inverseAccuracy({ offset }: { readonly offset: number }): ReweightingStrategy {
  return fromAccuracy((accuracy) => meanOne(accuracy.map((value) => 1 / (value + offset))));
}

/** `w_c ∝ (1 − a_c + offset)^gamma`, mean 1: the focal loss (Lin et al., ICCV 2017) on class level. */
export function focal(options: { readonly gamma: number; readonly offset: number }): ReweightingStrategy {
  const { gamma, offset } = options;
  return fromAccuracy((accuracy) => meanOne(accuracy.map((value) => (1 - value + offset) ** gamma)));
}

/** All weight but `floor` for the class, or classes, of least accuracy; mean 1. */
export function worstClassOnly({ floor }: { readonly floor: number }): ReweightingStrategy {
  return fromAccuracy((accuracy) => {
    const known = accuracy.filter((value) => !Number.isNaN(value));
    const least = Math.min(...known);
    const worst = known.filter((value) => value === least).length;
    const weight = (known.length - floor * (known.length - worst)) / worst;
    return accuracy.map((value) => (Number.isNaN(value) ? 1 : value === least ? weight : floor));
  });
}

const offset = z
  .number()
  .positive()
  .default(0.01)
  .describe('added so that no class takes or loses everything, above 0');

export const strategyComponents: readonly Component[] = [
  defineComponent({
    kind: 'strategy',
    id: 'uniform',
    summary: 'Weights of 1: a control',
    options: z.object({}),
    create: uniform,
  }),
  defineComponent({
    kind: 'strategy',
    id: 'inverse-accuracy',
    summary: 'Weight by the inverse robust accuracy of a class: a control',
    options: z.object({ offset }),
    create: inverseAccuracy,
  }),
  defineComponent({
    kind: 'strategy',
    id: 'focal',
    summary: 'Weight by a power of the robust error of a class: a control',
    options: z.object({
      gamma: z.number().min(0).default(2).describe('exponent, 0 or more; 0 gives equal weights'),
      offset,
    }),
    create: focal,
  }),
  defineComponent({
    kind: 'strategy',
    id: 'worst-class-only',
    summary: 'All weight to the worst class: a control',
    options: z.object({
      floor: z.number().positive().max(1).default(0.01).describe('weight of the other classes, above 0 to 1'),
    }),
    create: worstClassOnly,
  }),
];
