import { defineComponent, type Difficulty, type DifficultyEstimator, type EpochSums } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface KappaOptions {
  readonly mode: 'count' | 'first';
  readonly denominator: 'balanced' | 'per-class';
}

/**
 * Geometric difficulty of Fair-ARD (Yue et al., NeurIPS 2023), after GAIRAT (Zhang et al., ICLR 2021): how long
 * examples of a class withstand the inner attack.
 *
 * kappa of an example is the number of iterates x_0 … x_{N-1} of the inner attack that the student classifies
 * correctly, each looked at before its update; the final x_N is not counted. So it lies between 0 and the number of
 * steps N, and costs no pass of its own. It uses the attack's own predictions, hence its objective and its batch
 * norm mode. `mode: count` counts every correct iterate, as the released code does; `first` stops at the first
 * error. They agree unless an example recovers.
 *
 * The class value is the sum over an epoch's examples divided by N_train / classes (`balanced`, as released) or by
 * the number of examples of that class (`per-class`, a true mean). They agree on balanced data.
 */
export function kappa({ mode, denominator }: KappaOptions): DifficultyEstimator {
  return {
    needs: [],
    trajectory: {
      start: ({ epsilon }) => ({
        kappa: tf.zerosLike(epsilon),
        ...(mode === 'first' ? { unbroken: tf.onesLike(epsilon) } : {}),
      }),
      observe(accumulators, { logits, batch }): Readonly<Record<string, tf.Tensor>> {
        const correct = tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32');
        if (mode === 'count') return { kappa: tf.add(accumulators.kappa!, correct) };
        const unbroken = tf.mul(accumulators.unbroken!, correct);
        return { kappa: tf.add(accumulators.kappa!, unbroken), unbroken };
      },
    },
    perExample: ({ trajectory }) => trajectory.kappa as tf.Tensor1D,
    summarise: (epoch) => classMeans(epoch, denominator),
  };
}

function classMeans({ sums, counts }: EpochSums, denominator: KappaOptions['denominator']): Difficulty {
  const classes = counts.length;
  const balanced = counts.reduce((sum, count) => sum + count, 0) / classes;
  const values = sums.map(([sum], index) => sum! / (denominator === 'balanced' ? balanced : counts[index]!));
  const uneven = counts.some((count) => Math.abs(count / balanced - 1) > 0.1);
  return {
    values,
    harder: 'lower',
    ...(denominator === 'balanced' && uneven ? { warning: unevenWarning(counts) } : {}),
  };
}

function unevenWarning(counts: readonly number[]): string {
  return (
    `kappa: classes have ${Math.min(...counts)} to ${Math.max(...counts)} examples, but each sum is divided by the` +
    ' same balanced class size, as in the released code. Set estimator.denominator=per-class for true means.'
  );
}

export const kappaComponent = defineComponent({
  kind: 'estimator',
  id: 'kappa',
  summary: 'Number of inner-attack iterates that a class withstands (Fair-ARD, after GAIRAT)',
  options: z.object({
    mode: z
      .enum(['count', 'first'])
      .default('count')
      .describe('count: every correct iterate, as released; first: correct iterates before the first error'),
    denominator: z
      .enum(['balanced', 'per-class'])
      .default('balanced')
      .describe(
        "divides a class's sum by the balanced class size, as released, or by its own number of examples; per-class" +
          ' for unbalanced data such as SVHN',
      ),
  }),
  create: kappa,
});
