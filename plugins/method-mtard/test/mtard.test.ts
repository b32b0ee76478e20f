import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { mtard, mtardComponent, type MtardOptions } from '../src/mtard.js';

const defaults = mtardComponent.options.parse({}) as unknown as MtardOptions;
const asReleased: MtardOptions = { ...defaults, cleanTeacherTarget: 'as-released' };
const fairWeights: ToyLossOptions = { lossWeight: [0.9, 1.6] };

/** Loss inputs of the first step, or of one that finds a given state. */
function inputsOf(method: Method, options: ToyLossOptions = {}) {
  const initial = Object.entries(method.initialState!(3)).map(
    ([name, { values }]) => [name, tf.scalar(values[0]!)] as const,
  );
  return toyLossInputs({ state: Object.fromEntries(initial), ...options });
}

function termsOf(method: Method, options?: ToyLossOptions): Record<string, number> {
  const inputs = inputsOf(method, options);
  return Object.fromEntries(
    method
      .loss(inputs, '')
      .terms.map(({ name, perExampleLoss }) => [name, inputs.weightedMean(perExampleLoss).dataSync()[0]!]),
  );
}

function valueOf(method: Method, options?: ToyLossOptions): number {
  return totalLoss(method, inputsOf(method, options)).dataSync()[0]!;
}

describe('mtard', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the losses of methods.md 11.2', () => {
    const { adversarial, clean } = termsOf(mtard(defaults));
    expect(adversarial).to.be.closeTo(0.0237290408, 1e-7);
    expect(clean).to.be.closeTo(0.0695470614, 1e-7);
    expect(valueOf(mtard(defaults))).to.be.closeTo(0.0466380511, 1e-7);
  });

  it('with class weights gives the losses of Fair-MTARD of methods.md 11.2', () => {
    const { adversarial, clean } = termsOf(mtard(defaults), fairWeights);
    expect(adversarial).to.be.closeTo(0.028391008, 1e-7);
    expect(clean).to.be.closeTo(0.0741363253, 1e-7);
  });

  it('compares with the wrong teacher as the script of Fair-MTARD when asked to, and then needs only one', () => {
    const method = mtard(asReleased);
    expect(termsOf(method, fairWeights).clean).to.be.closeTo(0.045932478, 1e-7);
    expect(method.teachers).to.deep.equal(['teacher']);
    expect(mtard(defaults).teachers).to.deep.equal(['teacher', 'cleanTeacher']);
  });

  it('with class weights of 1 gives the base loss exactly', () => {
    expect(valueOf(mtard(defaults), { lossWeight: [1, 1] })).to.equal(valueOf(mtard(defaults)));
  });

  it('balances the weighted losses, before their use in the same step', () => {
    const method = mtard(defaults);
    const state = {
      cleanWeight: tf.scalar(0.5),
      firstAdversarialLoss: tf.scalar(0.0237290408),
      firstCleanLoss: tf.scalar(2 * 0.0695470614),
      started: tf.scalar(1),
    };
    const options: ToyLossOptions = { state, lossWeight: [0.9, 1.6] };
    const [r, n] = [0.028391008 / 0.0237290408, 0.0741363253 / (2 * 0.0695470614)];
    const clean = 0.5 - 0.025 * (0.5 - n / (r + n));
    expect(valueOf(method, options)).to.be.closeTo((1 - clean) * 0.028391008 + clean * 0.0741363253, 1e-7);
    const later = method.loss(inputsOf(method, options), '').state!;
    expect(later.cleanWeight!.dataSync()[0]).to.be.closeTo(clean, 1e-7);
  });

  it('moves its balance slower as the learning rate falls', () => {
    const method = mtard(defaults);
    const state = {
      cleanWeight: tf.scalar(0.5),
      firstAdversarialLoss: tf.scalar(1),
      firstCleanLoss: tf.scalar(1),
      started: tf.scalar(1),
    };
    const moved = (learningRateFactor: number): number => {
      const after = method.loss(inputsOf(method, { state, learningRateFactor }), '').state!;
      return after.cleanWeight!.dataSync()[0]! - 0.5;
    };
    expect(moved(0.1) / moved(1)).to.be.closeTo(0.1, 1e-4);
  });

  it('sends no gradient through the balance', () => {
    const method = mtard(defaults);
    const student = toyLossInputs().logits.studentAdversarialLogits;
    const gradient = (loss: (logits: tf.Tensor2D) => tf.Tensor): number[] =>
      Array.from(
        tf
          .grad((logits) => loss(logits as tf.Tensor2D))(student)
          .dataSync(),
      );
    const whole = gradient((logits) =>
      totalLoss(method, inputsOf(method, { logits: { studentAdversarialLogits: logits } })),
    );
    const half = gradient((logits) => {
      const inputs = inputsOf(method, { logits: { studentAdversarialLogits: logits } });
      return tf.mul(0.5, tf.mean(method.loss(inputs, '').terms[0]!.perExampleLoss));
    });
    whole.forEach((value, index) => expect(value).to.be.closeTo(half[index]!, 1e-7));
  });

  it('attacks and passes as methods.md 2.5 says', () => {
    const { innerAttack, studentPasses } = mtard(defaults);
    expect(studentPasses).to.deep.equal(['adversarial', 'clean']);
    expect(innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    });
  });
});
