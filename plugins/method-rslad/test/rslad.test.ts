import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { klDivergence } from '@ard/nn';
import { totalLoss, toyLossInputs } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { rslad, rsladComponent, type RsladOptions } from '../src/rslad.js';

const asReleased = rsladComponent.options.parse({}) as unknown as RsladOptions;

function valueOf(method: Method, inputs = toyLossInputs()): number {
  return totalLoss(method, inputs).dataSync()[0]!;
}

describe('rslad', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the loss of methods.md 11.2', () => {
    expect(valueOf(rslad(asReleased))).to.be.closeTo(0.1228928126, 1e-7);
  });

  it('gives the two means of methods.md 11.2 as its terms', () => {
    const inputs = toyLossInputs();
    const means = rslad(asReleased)
      .loss(inputs, '')
      .terms.map(({ name, coefficient, perExampleLoss }) => ({
        name,
        coefficient,
        mean: tf.mean(perExampleLoss).dataSync()[0]!,
      }));
    expect(means.map(({ name, coefficient }) => [name, coefficient])).to.deep.equal([
      ['adversarial', 5 / 6],
      ['clean', 1 / 6],
    ]);
    expect(means[0]!.mean).to.be.closeTo(0.1408542078, 1e-7);
    expect(means[1]!.mean).to.be.closeTo(0.0330858367, 1e-7);
  });

  it('with class weights gives the loss of Fair-RSLAD of methods.md 11.2', () => {
    const inputs = toyLossInputs({ lossWeight: [0.9, 1.6] });
    expect(valueOf(rslad(asReleased), inputs)).to.be.closeTo(0.1362256547, 1e-7);
  });

  it('with class weights of 1 gives the base loss exactly', () => {
    const method = rslad(asReleased);
    expect(valueOf(method, toyLossInputs({ lossWeight: [1, 1] }))).to.equal(valueOf(method));
  });

  it('sums over classes when asked to', () => {
    const summed = valueOf(rslad({ ...asReleased, classReduction: 'sum' }));
    expect(summed).to.be.closeTo(3 * 0.1228928126, 1e-6);
  });

  it('is ten times stronger on exactly 100 classes, unless switched off', () => {
    const many = (classes: number): tf.Tensor2D =>
      tf.tensor2d(
        Array.from({ length: 2 * classes }, (_, index) => Math.sin(index)),
        [2, classes],
      );
    const inputs = (classes: number) =>
      toyLossInputs({
        logits: {
          teacherCleanLogits: many(classes),
          studentCleanLogits: tf.mul(0.5, many(classes)),
          studentAdversarialLogits: tf.mul(-0.5, many(classes)),
        },
      });
    const plain = rslad({ ...asReleased, cifar100Scale: 1 });
    const scaled = rslad(asReleased);
    expect(valueOf(scaled, inputs(100))).to.be.closeTo(10 * valueOf(plain, inputs(100)), 1e-6);
    expect(valueOf(scaled, inputs(99))).to.equal(valueOf(plain, inputs(99)));
  });

  it("divides the teacher's logits by the temperature knob", () => {
    const tempered = toyLossInputs({ temperature: [2, 0.5], cleanTemperature: [2, 0.5] });
    const softer = toyLossInputs({
      logits: { teacherCleanLogits: tf.tensor2d([1.5, 0.25, -0.25, 0, 6, 2], [2, 3]) },
    });
    expect(valueOf(rslad(asReleased), tempered)).to.equal(valueOf(rslad(asReleased), softer));
  });

  it('has the gradient of the divergence over the number of classes', () => {
    const student = tf.tensor2d([1, 1.2, 0.1, 0.5, 1.5, 1], [2, 3]);
    const teacher = toyLossInputs().logits.teacherCleanLogits;
    const ours = tf.grad((logits) =>
      totalLoss(
        rslad(asReleased),
        toyLossInputs({ logits: { studentAdversarialLogits: logits as tf.Tensor2D } }),
      ),
    )(student);
    const expected = tf.grad((logits) =>
      tf.mul(5 / 6 / 3, tf.mean(klDivergence(teacher, logits as tf.Tensor2D))),
    )(student);
    const reference = expected.dataSync();
    ours.dataSync().forEach((value, index) => expect(value).to.be.closeTo(reference[index]!, 1e-7));
  });

  it('attacks and passes as methods.md 2.5 says', () => {
    const { innerAttack, studentPasses } = rslad(asReleased);
    expect(studentPasses).to.deep.equal(['adversarial', 'clean']);
    expect(innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
      objective: { id: 'kl-to-teacher', options: {} },
      mode: 'eval',
    });
  });
});
