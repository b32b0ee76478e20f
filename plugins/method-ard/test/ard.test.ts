import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ard, ardComponent, type ArdOptions } from '../src/ard.js';

const asReleased: ArdOptions = { temperature: 30, alpha: 1, classReduction: 'mean', attackMode: 'train' };
const fairWeights: ToyLossOptions = { lossWeight: [0.9, 1.6] };

function valueOf(method: Method, options?: ToyLossOptions): number {
  return totalLoss(method, toyLossInputs(options)).dataSync()[0]!;
}

function gradientOf(method: Method): number[] {
  const student = toyLossInputs().logits.studentAdversarialLogits;
  const loss = (logits: tf.Tensor): tf.Tensor =>
    totalLoss(method, toyLossInputs({ logits: { studentAdversarialLogits: logits as tf.Tensor2D } }));
  return Array.from(tf.grad(loss)(student).dataSync());
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, tolerance));
}

describe('ard', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  // At temperature 30 the divergence is the difference of logarithms near 1, of which float32 leaves three digits
  // (PyTorch's float32 gives .1942411 for the first). The gradients below have no such cancellation.
  const tolerance = 1e-4;

  it('gives the losses of methods.md 11.2', () => {
    expect(valueOf(ard(asReleased))).to.be.closeTo(0.1942427585, tolerance);
    expect(valueOf(ard({ ...asReleased, classReduction: 'sum' }))).to.be.closeTo(0.5827282754, 3 * tolerance);
    expect(valueOf(ard({ ...asReleased, alpha: 0.9 }))).to.be.closeTo(0.2055066883, tolerance);
  });

  it('with class weights gives the losses of Fair-ARD of methods.md 11.2', () => {
    expect(valueOf(ard(asReleased), fairWeights)).to.be.closeTo(0.21754961, tolerance);
    expect(valueOf(ard({ ...asReleased, alpha: 0.9 }), fairWeights)).to.be.closeTo(0.2302997275, tolerance);
  });

  it('at temperature 1 has all digits: the mean of KL of methods.md 11.1', () => {
    const iad = ard({ ...asReleased, temperature: 1, classReduction: 'sum' });
    expect(valueOf(iad)).to.be.closeTo((0.58995453 + 0.25511072) / 2, 1e-6);
    expect(valueOf(iad, fairWeights)).to.be.closeTo((0.9 * 0.58995453 + 1.6 * 0.25511072) / 2, 1e-6);
  });

  it('gives the gradient of methods.md 11.2', () => {
    const summed = [-0.29981661, 0.16070533, 0.13911128, 0.1384106, -0.19748877, 0.05907817];
    expectClose(gradientOf(ard({ ...asReleased, classReduction: 'sum' })), summed, 5e-6);
    const third = summed.map((value) => value / 3);
    expectClose(gradientOf(ard(asReleased)), third, 2e-6);
  });

  it('with class weights of 1 gives the base loss exactly', () => {
    expect(valueOf(ard(asReleased), { lossWeight: [1, 1] })).to.equal(valueOf(ard(asReleased)));
  });

  it('weights the clean term too', () => {
    const method = ard({ ...asReleased, alpha: 0 });
    expect(valueOf(method)).to.be.closeTo(0.30688206, 1e-6);
    expect(valueOf(method, fairWeights)).to.be.closeTo((0.9 * 0.41703002 + 1.6 * 0.1967341) / 2, 1e-6);
  });

  it('runs the clean pass although its term has no weight, and asks for its logits only when it has', () => {
    expect(ard(asReleased).studentPasses).to.deep.equal(['adversarial', 'clean']);
    expect(ard(asReleased).needs).not.to.include('studentCleanLogits');
    expect(ard({ ...asReleased, alpha: 0.9 }).needs).to.include('studentCleanLogits');
    expect(
      ard(asReleased)
        .loss(toyLossInputs(), '')
        .terms.map(({ name }) => name),
    ).to.deep.equal(['distillation']);
  });

  it('attacks as methods.md 2.5 says: cross-entropy, uniform start, train mode', () => {
    expect(ard(asReleased).innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'train',
    });
  });

  it("multiplies the teacher's temperature by the knob", () => {
    const tempered = valueOf(ard({ ...asReleased, temperature: 1 }), { temperature: [2, 2] });
    const softer = { teacherCleanLogits: tf.tensor2d([1.5, 0.25, -0.25, 0, 1.5, 0.5], [2, 3]) };
    expect(tempered).to.equal(valueOf(ard({ ...asReleased, temperature: 1 }), { logits: softer }));
  });

  it('has variants for the three scripts that call themselves ARD', () => {
    const settings = Object.entries(ardComponent.variants!).map(([name, { options }]) => {
      const { temperature, alpha, classReduction, attackMode } = ardComponent.options.parse(
        options,
      ) as never as ArdOptions;
      return [name, temperature, alpha, classReduction, attackMode];
    });
    expect(settings).to.deep.equal([
      ['goldblum', 30, 1, 'mean', 'train'],
      ['iad', 1, 1, 'sum', 'train'],
      ['saad', 1, 1, 'sum', 'eval'],
    ]);
  });
});
