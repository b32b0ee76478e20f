import type { LossInputs, Method } from '@ard/core';
import { crossEntropy, klDivergence, stopGradient } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { methodContract } from '../src/index.js';
import { expectFailure } from './support/failures.js';

const terms = ({ logits, oneHotLabels, knobs }: LossInputs): ReturnType<Method['loss']>['terms'] => [
  {
    name: 'distillation',
    coefficient: 5 / 6,
    perExampleLoss: tf.mul(
      klDivergence(logits.teacherCleanLogits, logits.studentAdversarialLogits, { detachTarget: true }),
      knobs.beta,
    ),
  },
  {
    name: 'clean',
    coefficient: 1 / 6,
    perExampleLoss: crossEntropy(logits.studentCleanLogits, oneHotLabels),
  },
];

const honest: Method = {
  teachers: ['teacher'],
  needs: ['studentCleanLogits', 'studentAdversarialLogits', 'teacherCleanLogits'],
  studentPasses: ['adversarial', 'clean'],
  innerAttack: {
    attack: { id: 'pgd', options: {} },
    objective: { id: 'cross-entropy', options: {} },
    mode: 'eval',
  },
  knobs: ['beta'],
  loss: (inputs) => ({ terms: terms(inputs) }),
};

/** Changes its loss with time, weights by trajectory and balances its terms by a running state. */
const elaborate: Method = {
  ...honest,
  trajectory: {
    start: ({ epsilon }) => ({ correct: tf.zerosLike(epsilon) }),
    observe: ({ correct }, { logits, batch }) => ({
      correct: tf.add(correct!, tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32')),
    }),
  },
  phase: (epoch) => (epoch < 60 ? 'early' : 'late'),
  initialState: () => ({ balance: { shape: [], values: [0.5] } }),
  loss(inputs, phase) {
    const [distillation, clean] = terms(inputs);
    const balance = inputs.state.balance as tf.Scalar;
    const resistance = tf.add(tf.div(inputs.trajectory.correct!, 3), 1);
    const robust = tf.mul<tf.Tensor1D>(distillation!.perExampleLoss, resistance);
    const part = stopGradient(inputs.weightedMean(robust));
    const rest = stopGradient(inputs.weightedMean(clean!.perExampleLoss));
    const next = tf.add(tf.mul(balance, 0.9), tf.mul(tf.div(part, tf.add(part, rest)), 0.1));
    const weighted = {
      ...distillation!,
      coefficient: tf.sub(1, balance) as tf.Scalar,
      perExampleLoss: robust,
    };
    return {
      terms: phase === 'early' ? [weighted] : [weighted, { ...clean!, coefficient: next as tf.Scalar }],
      state: { balance: next },
    };
  },
};

methodContract({ name: 'a plain method', create: () => honest });
methodContract({ name: 'an elaborate method', create: () => elaborate, classes: 3, epochs: 100 });

type Changes = (inputs: LossInputs) => {
  on?: 'adversarial';
  coefficient?: number | tf.Scalar;
  perExampleLoss?: tf.Tensor;
};
/** Changes the first term. */
const first = (changes: Changes): Partial<Method> => ({
  loss(inputs) {
    const [one, ...others] = terms(inputs);
    return { terms: [{ ...one!, ...changes(inputs) } as typeof one & object, ...others] };
  },
});
const adversarialLoss = ({ logits, oneHotLabels }: LossInputs) =>
  crossEntropy(logits.studentAdversarialLogits, oneHotLabels);
const target = ({ logits }: LossInputs) => logits.teacherCleanLogits;

describe('methodContract refuses a method that', () => {
  const cases: [string, RegExp, Partial<Method>][] = [
    ['needs logits of a pass it does not make', /fit each other/, { studentPasses: ['adversarial'] }],
    ['needs a teacher it does not name', /fit each other/, { teachers: [] }],
    ['names a teacher twice', /fit each other/, { teachers: ['teacher', 'teacher'] }],
    ['names a teacher it does not need', /fit each other/, { teachers: ['teacher', 'cleanTeacher'] }],
    ['wants adversarial images and no attack', /fit each other/, { innerAttack: undefined }],
    ["turns the trainer's knobs", /fit each other/, { knobs: ['beta', 'lossWeight'] }],
    [
      'declares a weight that none of its terms is for',
      /turns with the knobs/,
      { knobs: ['beta', 'robustWeight'] },
    ],
    [
      'lets a weight turn that it does not declare',
      /turns with the knobs/,
      first(() => ({ on: 'adversarial' })),
    ],
    [
      'runs passes of another kind in a phase',
      /names a phase/,
      {
        needs: ['studentAdversarialLogits', 'teacherCleanLogits'],
        studentPasses: ['adversarial'],
        passesInPhase: () => ['adversarial', 'clean'],
      },
    ],
    ['has as many phases as epochs', /names a phase/, { phase: (epoch) => `epoch ${epoch}` }],
    ['names another phase each time', /names a phase/, { phase: () => `${draws++ % 3}` }],
    ['has no terms', /one finite loss per example/, { loss: () => ({ terms: [] }) }],
    [
      'uses logits it does not need',
      /one finite loss per example/,
      { needs: ['studentCleanLogits', 'studentAdversarialLogits'], teachers: [] },
    ],
    [
      'reduces over the batch',
      /one finite loss per example/,
      first((inputs) => ({ perExampleLoss: tf.mean(adversarialLoss(inputs)) })),
    ],
    [
      'gives two terms one name',
      /one finite loss per example/,
      { loss: (inputs) => ({ terms: terms(inputs).map((term) => ({ ...term, name: 'loss' })) }) },
    ],
    [
      'has a coefficient per example',
      /one finite loss per example/,
      first(({ knobs }) => ({ coefficient: knobs.epsilon as never })),
    ],
    [
      'fails in a late phase',
      /one finite loss per example/,
      {
        phase: (epoch) => (epoch < 300 ? 'early' : 'late'),
        loss(inputs, phase) {
          if (phase === 'late') throw new Error('late');
          return { terms: terms(inputs) };
        },
      },
    ],
    [
      'normalises by the weights itself',
      /bit for bit/,
      first(({ knobs }) => ({ coefficient: tf.div(5 / 6, tf.mean(knobs.lossWeight)) as tf.Scalar })),
    ],
    [
      'applies weights itself',
      /the weight of a class scale/,
      first((inputs) => ({ perExampleLoss: tf.mul(adversarialLoss(inputs), inputs.knobs.lossWeight) })),
    ],
    [
      'shares the weight of a class out to others',
      /the weight of a class scale/,
      first((inputs) => ({
        perExampleLoss: tf.mul(adversarialLoss(inputs), tf.mean(inputs.knobs.lossWeight)),
      })),
    ],
    [
      'depends on the order of examples',
      /knows no order/,
      first((inputs) => ({ perExampleLoss: tf.cumsum(adversarialLoss(inputs)) })),
    ],
    ['turns with a knob it does not declare', /turns with the knobs/, { knobs: [] }],
    ['does not turn with a knob it declares', /turns with the knobs/, { knobs: ['beta', 'temperature'] }],
    [
      'turns with epsilon',
      /turns with the knobs/,
      {
        loss: (inputs) => ({
          terms: terms({
            ...inputs,
            knobs: { ...inputs.knobs, beta: tf.mul(inputs.knobs.beta, inputs.knobs.epsilon) },
          }),
        }),
      },
    ],
    [
      'trains its teacher',
      /gradients to the student only/,
      first((inputs) => ({
        perExampleLoss: klDivergence(target(inputs), inputs.logits.studentAdversarialLogits),
      })),
    ],
    [
      'trains nobody',
      /gradients to the student only/,
      { loss: (inputs) => ({ terms: terms(inputs).map((term) => ({ ...term, coefficient: 0 })) }) },
    ],
    [
      'takes the logarithm of a softmax',
      /ties and logits of ±50/,
      first(({ logits, oneHotLabels }) => ({
        perExampleLoss: tf.neg(
          tf.log(tf.sum(tf.mul(tf.softmax(tf.mul(logits.studentAdversarialLogits, 2)), oneHotLabels), 1)),
        ),
      })),
    ],
    [
      'returns a state it did not announce',
      /names and shapes of its running state/,
      { loss: (inputs) => ({ terms: terms(inputs), state: { extra: tf.scalar(1) } }) },
    ],
    [
      'changes the shape of its state',
      /names and shapes of its running state/,
      {
        initialState: () => ({ balance: { shape: [], values: [1] } }),
        loss: (inputs) => ({ terms: terms(inputs), state: { balance: tf.ones([2]) } }),
      },
    ],
    [
      'lets its state run away',
      /names and shapes of its running state/,
      {
        initialState: () => ({ balance: { shape: [], values: [1e30] } }),
        loss: (inputs) => ({ terms: terms(inputs), state: { balance: tf.mul(inputs.state.balance!, 1e30) } }),
      },
    ],
    [
      'draws random numbers',
      /repeats itself/,
      first((inputs) => ({ perExampleLoss: tf.add(adversarialLoss(inputs), 1e-3 * draws++) })),
    ],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      first((inputs) => ({ perExampleLoss: tf.keep(adversarialLoss(inputs)) })),
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () =>
      expectFailure(
        methodContract,
        { name: 'broken', create: () => ({ ...honest, ...parts }), epochs: 310 },
        expected,
      ),
    );
  }
});

let draws = 0;
