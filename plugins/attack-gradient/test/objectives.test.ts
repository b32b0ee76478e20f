import type { Objective, ObjectiveInputs } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { klDivergence } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { crossEntropyObjective } from '../src/objectives/cross-entropy.js';
import { klToClean } from '../src/objectives/kl-to-clean.js';
import { klToTeacher } from '../src/objectives/kl-to-teacher.js';
import { marginObjective } from '../src/objectives/margin.js';
import { targetedObjective } from '../src/objectives/targeted.js';

const logits = [
  [2, 1, 0.1, -1],
  [0.5, 1.5, 1, 0],
];
const labels = [0, 2];

function inputs(references: Record<string, number[][]> = {}): ObjectiveInputs {
  return {
    logits: tf.tensor2d(logits),
    labels: tf.tensor1d(labels, 'int32'),
    oneHotLabels: tf.oneHot(tf.tensor1d(labels, 'int32'), 4) as tf.Tensor2D,
    references: Object.fromEntries(
      Object.entries(references).map(([name, values]) => [name, tf.tensor2d(values)]),
    ),
  };
}

function perExample(objective: Objective, given: ObjectiveInputs): number[] {
  const loss = objective.perExampleLoss(given);
  expect(loss.shape).to.deep.equal([2]);
  return Array.from(loss.dataSync());
}

describe('attack objectives', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('cross-entropy is that of the label', () => {
    const values = perExample(crossEntropyObjective(), inputs());
    const expected = logits.map(
      (row, index) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[labels[index]!]!,
    );
    values.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-6));
  });

  it('margin gives the oracle of methods.md 6.4', () => {
    const values = perExample(marginObjective({ confidence: 50 }), inputs());
    expect(values).to.deep.equal([-51, -49.5]);
    expect(values.reduce((sum, value) => sum + value)).to.equal(-100.5);
  });

  it('margin stops pushing once the confidence is reached', () => {
    expect(perExample(marginObjective({ confidence: 0.25 }), inputs())[1]).to.be.closeTo(0, 0);
  });

  for (const [name, objective, reference] of [
    ['kl-to-teacher', klToTeacher(), 'teacherCleanLogits'],
    ['kl-to-clean', klToClean(), 'studentCleanLogits'],
  ] as const) {
    it(`${name} compares with ${reference} and is 0 where nothing has moved`, () => {
      expect(objective.references).to.deep.equal([reference]);
      const target = [
        [3, 0, 0, 0],
        [0, 1, 2, 3],
      ];
      const expected = Array.from(klDivergence(tf.tensor2d(target), tf.tensor2d(logits)).dataSync());
      expect(perExample(objective, inputs({ [reference]: target }))).to.deep.equal(expected);
      expect(perExample(objective, inputs({ [reference]: logits }))).to.deep.equal([0, 0]);
    });
  }

  it('targeted is the negative cross-entropy of the class that its rule names', () => {
    const clean = {
      studentCleanLogits: [
        [3, 0, 2, -1],
        [0, 1, 5, -2],
      ],
    };
    for (const [target, classes] of [
      ['next', [1, 3]],
      ['second-best', [2, 1]],
      ['least-likely', [3, 3]],
    ] as const) {
      const values = perExample(targetedObjective({ target }), inputs(clean));
      values.forEach((value, index) => {
        const row = logits[index]!;
        const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
        expect(value, target).to.be.closeTo(row[classes[index]!]! - total, 1e-6);
      });
    }
  });
});
