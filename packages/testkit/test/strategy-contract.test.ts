import type { Difficulty, EpochEvidence, PlainData, ReweightingStrategy } from '@ard/core';
import { strategyContract } from '../src/index.js';
import { expectFailure } from './support/failures.js';

/** Weights in (0.5, 2) that follow difficulty, averaged over epochs. */
const honest: ReweightingStrategy = {
  needs: { difficulty: true },
  knobs: ['lossWeight'],
  init: (classes) => ({ average: Array<number>(classes).fill(1) }),
  update(state, { difficulty }) {
    const { average } = state as { average: readonly number[] };
    const next = ratios(difficulty!).map((ratio, k) => (average[k]! + ratio) / 2);
    return { state: { average: next }, knobs: { lossWeight: next } };
  },
};

function ratios({ values, harder }: Difficulty): number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return values.map((value) => {
    if (Number.isNaN(value)) return 1;
    const excess = (value - mean) / (value + mean + 1e-3);
    return 2 ** (harder === 'higher' ? excess : -excess);
  });
}

/** Uses results of training only. */
const byAccuracy: ReweightingStrategy = {
  needs: { training: true },
  knobs: ['epsilon', 'beta'],
  init: () => null,
  update(state, { training }) {
    const epsilon = training!.robustAccuracy.map(
      (accuracy) => 0.5 + (Number.isNaN(accuracy) ? 0.5 : accuracy),
    );
    return { state, knobs: { epsilon, beta: epsilon } };
  },
};

strategyContract({ name: 'an averaging strategy', create: () => honest });
strategyContract({ name: 'a strategy by accuracy', create: () => byAccuracy, whenEqual: 'uniform' });

const updating = (
  update: (state: PlainData, evidence: EpochEvidence) => { state?: PlainData; knobs?: object },
): Partial<ReweightingStrategy> => ({
  update: (state, evidence) => ({ ...honest.update(state, evidence), ...update(state, evidence) }),
});
const weights = (weight: (difficulty: Difficulty, evidence: EpochEvidence) => readonly number[]) =>
  updating((_, evidence) => ({ knobs: { lossWeight: weight(evidence.difficulty!, evidence) } }));

describe('strategyContract refuses a strategy that', () => {
  const cases: [string, RegExp, Partial<ReweightingStrategy>][] = [
    ['turns an unknown knob', /declares what it needs/, { knobs: ['weight' as never] }],
    [
      'holds out half an image',
      /declares what it needs/,
      { needs: { difficulty: true, validationPerClass: 0.5 } },
    ],
    [
      'prefers a class without reason',
      /when none is harder/,
      weights(({ values }) => values.map((_, k) => 1 + k / 10)),
    ],
    ['scales all classes', /namely 1/, weights((difficulty) => ratios(difficulty).map((ratio) => 2 * ratio))],
    ['does nothing', /turns a knob/, weights(({ values }) => values.map(() => 1))],
    [
      'turns a knob it did not declare',
      /only the knobs it declares/,
      updating((_, { difficulty }) => ({ knobs: { epsilon: ratios(difficulty!) } })),
    ],
    ['gives too few values', /one per class/, weights((difficulty) => ratios(difficulty).slice(1))],
    [
      'gives negative weights',
      /positive finite/,
      weights((difficulty) => ratios(difficulty).map((ratio) => ratio - 1)),
    ],
    [
      'divides by difficulty',
      /bears hopeless, perfect and absent/,
      weights(({ values }) => values.map((value) => 1 / value)),
    ],
    [
      'lets an absent class spoil the others',
      /bears hopeless, perfect and absent/,
      weights(({ values }) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return values.map((value) => 2 ** ((value - mean) / (value + mean + 1)));
      }),
    ],
    [
      'writes into its state',
      /is pure/,
      updating((state) => {
        (state as { average: number[] }).average[0] = 1;
        return { state };
      }),
    ],
    [
      'writes into the evidence',
      /is pure/,
      weights((difficulty) => {
        (difficulty.values as number[]).sort();
        return ratios(difficulty);
      }),
    ],
    [
      'remembers outside of its state',
      /is pure/,
      weights((difficulty) => ratios(difficulty).map((ratio) => ratio * (1 + 1e-9 * draws++))),
    ],
    [
      'keeps a state that JSON cannot hold',
      /written as JSON/,
      updating((state) => ({ state: { ...(state as object), since: NaN } })),
    ],
    [
      'has a favourite class',
      /treats all classes alike/,
      weights((difficulty) => ratios(difficulty).map((ratio, k) => (k === 0 ? ratio ** 2 : ratio))),
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () =>
      expectFailure(strategyContract, { name: 'broken', create: () => ({ ...honest, ...parts }) }, expected),
    );
  }
});

let draws = 0;
