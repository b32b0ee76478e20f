import { defineComponent, type ClassKnobs, type ClassResults, type ReweightingStrategy } from '@ard/core';
import { z } from 'zod';

export interface CfaOptions {
  readonly begin: number;
  readonly margin: boolean;
  readonly marginBase: number;
  readonly regularisation: boolean;
  readonly regularisationBase: number;
  readonly beta: number;
  readonly accuracy: 'balanced' | 'per-class';
}

/**
 * Class-wise calibrated fair adversarial training (Wei et al., CVPR 2023; methods.md 5.3). With a_c the robust
 * training accuracy of class c in the epoch before:
 *
 * - margin (CCM): `epsilon_c = (marginBase + a_c) · epsilon`, so that hard classes face a smaller ball;
 * - regularisation (CCR): the loss is `(1 − β_c) · CE + β_c · KL`, `β_c = u_c β / (1 + u_c β)`,
 *   `u_c = regularisationBase + a_c`. Since the method's own loss is `CE + β · KL`, that is its class knob `beta` at
 *   u_c and the loss weight at `1 / (1 + u_c β)`. Before `begin`, u_c is 1.
 */
export function cfa(options: CfaOptions): ReweightingStrategy {
  const { begin, margin, marginBase, regularisation, regularisationBase, beta } = options;
  const knobs = (accuracies: readonly number[] | undefined, classes: number): Partial<ClassKnobs> => {
    const each = (base: number): number[] =>
      Array.from({ length: classes }, (_, index) => (accuracies ? base + accuracies[index]! : 1));
    const shares = each(regularisationBase);
    return {
      ...(margin ? { epsilon: each(marginBase) } : {}),
      ...(regularisation ? { beta: shares, lossWeight: shares.map((share) => 1 / (1 + share * beta)) } : {}),
    };
  };
  return {
    needs: { training: true },
    knobs: [
      ...(margin ? (['epsilon'] as const) : []),
      ...(regularisation ? (['beta', 'lossWeight'] as const) : []),
    ],
    begin,
    init: () => ({}),
    initialKnobs: (classes) => knobs(begin === 0 ? new Array<number>(classes).fill(0.5) : undefined, classes),
    update(state, { epoch, classes, training }) {
      const begun = epoch + 1 >= begin;
      return { state, knobs: knobs(begun ? accuraciesOf(training!, options) : undefined, classes) };
    },
  };
}

/** Robust accuracy per class; the released code divides by the balanced class size. */
function accuraciesOf(
  { counts, robustAccuracy }: ClassResults,
  { accuracy }: Pick<CfaOptions, 'accuracy'>,
): readonly number[] {
  const balanced = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const known = robustAccuracy.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(known.length, 1);
  return robustAccuracy.map((value, index) => {
    if (Number.isNaN(value)) return accuracy === 'balanced' ? 0 : mean;
    return accuracy === 'balanced' ? (value * counts[index]!) / balanced : value;
  });
}

export const cfaComponent = defineComponent({
  kind: 'strategy',
  id: 'cfa',
  summary: 'Smaller balls and less regularisation for hard classes (CFA)',
  options: z.object({
    begin: z
      .int()
      .min(0)
      .default(10)
      .describe('first epoch, from 0, whose classes differ; before it all have u = 1'),
    margin: z.boolean().default(true).describe('class-wise radii (CCM)'),
    marginBase: z
      .number()
      .positive()
      .default(0.5)
      .describe('λ1, added to the robust accuracy of a class to give the factor on its radius, above 0'),
    regularisation: z
      .boolean()
      .default(true)
      .describe('class-wise trade-off (CCR); only for methods with a β, such as TRADES'),
    regularisationBase: z
      .number()
      .positive()
      .default(0.5)
      .describe('λ2, added to the robust accuracy of a class to give the factor on its β, above 0'),
    beta: z
      .number()
      .min(0)
      .default(6)
      .describe(
        "the method's β, 0 or more, by which the terms are brought to sum 1; set it like method.beta",
      ),
    accuracy: z
      .enum(['balanced', 'per-class'])
      .default('balanced')
      .describe('divides the correct ones of a class by the balanced class size, as released, or by its own'),
  }),
  variants: {
    'cfa-margin': { summary: 'class-wise radii only, for any method', options: { regularisation: false } },
  },
  create: cfa,
});
