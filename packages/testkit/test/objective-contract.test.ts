import { randomStream, type Objective } from '@ard/core';
import { crossEntropy, klDivergence, margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { objectiveContract } from '../src/index.js';
import { expectFailure } from './support/failures.js';

const honest: Objective = {
  references: [],
  perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
};
const toMovingTeacher: Objective = {
  references: ['teacherIterateLogits'],
  perExampleLoss: ({ logits, references }) =>
    klDivergence(references.teacherIterateLogits as tf.Tensor2D, logits),
};

objectiveContract({ name: 'cross-entropy', create: () => honest });
objectiveContract({ name: 'divergence from a moving teacher', create: () => toMovingTeacher, classes: 3 });
objectiveContract({
  name: 'margin',
  create: () => ({
    references: [],
    perExampleLoss: ({ logits, oneHotLabels }) => tf.neg(margin(logits, oneHotLabels)),
  }),
});

describe('objectiveContract refuses an objective that', () => {
  const cases: [string, RegExp, Partial<Objective>][] = [
    ['wants what does not exist', /declares references/, { references: ['teacherLogits' as never] }],
    [
      'reduces over the batch',
      /one finite value per example/,
      { perExampleLoss: (inputs) => tf.mean(honest.perExampleLoss(inputs)) as never },
    ],
    [
      'lets examples weigh on each other',
      /treats examples independently/,
      {
        perExampleLoss: (inputs) =>
          tf.mul(honest.perExampleLoss(inputs), tf.mean(honest.perExampleLoss(inputs))),
      },
    ],
    [
      'reads a reference it has not declared',
      /one finite value per example/,
      {
        perExampleLoss: (inputs) =>
          inputs.references.teacherCleanLogits
            ? honest.perExampleLoss(inputs)
            : honest.perExampleLoss(inputs),
      },
    ],
    [
      'has a wrong gradient',
      /finite differences/,
      {
        perExampleLoss: ({ logits, oneHotLabels }) =>
          tf.customGrad((z) => ({
            value: crossEntropy(z as tf.Tensor2D, oneHotLabels),
            gradFunc: (dy: tf.Tensor) => tf.tile(tf.expandDims(dy, 1), [1, logits.shape[1]]),
          }))(logits) as tf.Tensor1D,
      },
    ],
    [
      'hides its gradient',
      /not zero everywhere/,
      { perExampleLoss: (inputs) => tf.mul(tf.sign(honest.perExampleLoss(inputs)), 3) },
    ],
    [
      'takes the logarithm of a softmax',
      /ties and logits of ±50/,
      {
        perExampleLoss: ({ logits, oneHotLabels }) =>
          tf.neg(tf.log(tf.sum(tf.mul(tf.softmax(tf.mul(logits, 2)), oneHotLabels), 1))),
      },
    ],
    [
      'draws random numbers',
      /repeats itself/,
      {
        perExampleLoss: (inputs) =>
          tf.add(honest.perExampleLoss(inputs), tf.tensor1d(randomStream(draws++).uniform(1))),
      },
    ],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      { perExampleLoss: (inputs) => tf.keep(honest.perExampleLoss(inputs)) },
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () =>
      expectFailure(objectiveContract, { name: 'broken', create: () => ({ ...honest, ...parts }) }, expected),
    );
  }

  it('detaches the teacher it promises to differentiate', () =>
    expectFailure(
      objectiveContract,
      {
        name: 'broken',
        create: () => ({
          ...toMovingTeacher,
          perExampleLoss: ({ logits, references }) =>
            klDivergence(references.teacherIterateLogits as tf.Tensor2D, logits, { detachTarget: true }),
        }),
      },
      /finite differences/,
    ));
});

let draws = 0;
