import type { DifficultyEstimator, EpochSums } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { estimatorContract } from '../src/index.js';
import { expectFailure } from './support/failures.js';

const means = ({ sums, counts }: EpochSums): number[] =>
  sums.map(([sum], k) => sum! / Math.max(counts[k]!, 1));

/** Mean loss per class. */
const byLoss: DifficultyEstimator = {
  needs: ['studentCleanLogits'],
  perExample: ({ logits, oneHotLabels }) => crossEntropy(logits.studentCleanLogits, oneHotLabels),
  summarise: (epoch) => ({ values: means(epoch), harder: 'higher' }),
};

/** Correct iterates of the inner attack, and the sum of largest logits. */
const byTrajectory: DifficultyEstimator = {
  needs: [],
  trajectory: {
    start: ({ epsilon }) => ({ correct: tf.zerosLike(epsilon), largest: tf.zerosLike(epsilon) }),
    observe: ({ correct, largest }, { logits, batch }) => ({
      correct: tf.add(correct!, tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32')),
      largest: tf.add(largest!, tf.max(logits, 1)),
    }),
  },
  perExample: ({ trajectory }) => tf.stack([trajectory.correct!, trajectory.largest!], 1) as tf.Tensor2D,
  summarise: (epoch) => ({ values: means(epoch), harder: 'lower' }),
};

estimatorContract({ name: 'mean loss', create: () => byLoss });
estimatorContract({ name: 'correct iterates', create: () => byTrajectory });

describe('estimatorContract refuses an estimator that', () => {
  const observing = (observe: NonNullable<DifficultyEstimator['trajectory']>['observe']) => ({
    ...byTrajectory,
    trajectory: { ...byTrajectory.trajectory!, observe },
  });
  const cases: [string, RegExp, Partial<DifficultyEstimator>][] = [
    [
      'reduces over the batch',
      /one finite value/,
      { perExample: (inputs) => tf.mean(byLoss.perExample(inputs)) as never },
    ],
    [
      'reads logits it has not declared',
      /one finite value/,
      { perExample: ({ logits, oneHotLabels }) => crossEntropy(logits.teacherCleanLogits, oneHotLabels) },
    ],
    [
      'compares examples',
      /nothing but itself/,
      {
        perExample: (inputs) => {
          const values = byLoss.perExample(inputs) as tf.Tensor1D;
          return tf.sub(values, tf.mean(values));
        },
      },
    ],
    ['loses accumulators', /one finite value/, observing(({ correct }) => ({ correct: correct! }))],
    [
      'sums accumulators over the batch',
      /one finite value/,
      observing(({ correct, largest }) => ({
        correct: tf.reshape(tf.sum(correct!), [1]),
        largest: largest!,
      })),
    ],
    [
      'sums over the examples before',
      /nothing but itself/,
      { perExample: ({ labels }) => tf.cumsum(tf.cast(labels, 'float32')) },
    ],
    [
      'draws random numbers',
      /repeats itself/,
      { perExample: (inputs) => tf.add(byLoss.perExample(inputs), 1e-3 * draws++) as tf.Tensor1D },
    ],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      { perExample: (inputs) => tf.keep(byLoss.perExample(inputs)) },
    ],
    [
      'summarises to one number',
      /one number per class/,
      { summarise: (epoch) => ({ values: means(epoch).slice(0, 1), harder: 'higher' }) },
    ],
    [
      'does not say which end is hard',
      /which end is hard/,
      { summarise: (epoch) => ({ values: means(epoch), harder: 'up' as never }) },
    ],
    [
      'lets an absent class spoil the others',
      /bears classes without examples/,
      {
        summarise: ({ sums, counts }) => {
          const values = sums.map(([sum], k) => sum! / counts[k]!);
          const total = values.reduce((one, other) => one + other, 0);
          return { values: values.map((value) => value / total), harder: 'higher' };
        },
      },
    ],
    [
      'has a favourite class',
      /treats all classes alike/,
      {
        summarise: (epoch) => ({ values: means(epoch).map((value, k) => value * (k + 1)), harder: 'higher' }),
      },
    ],
    [
      'writes into the sums',
      /pure function/,
      {
        summarise: (epoch) => {
          (epoch.counts as number[]).fill(1);
          return byLoss.summarise(epoch);
        },
      },
    ],
    [
      'remembers the last epoch',
      /pure function/,
      { summarise: (epoch) => ({ values: means(epoch).map((value) => value + epochs++), harder: 'higher' }) },
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () =>
      expectFailure(estimatorContract, { name: 'broken', create: () => ({ ...byLoss, ...parts }) }, expected),
    );
  }
});

let draws = 0;
let epochs = 0;
