import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { mart } from '../src/mart.js';

const method = mart({ beta: 5 });

function valueOf(options?: ToyLossOptions): number {
  return totalLoss(method, toyLossInputs(options)).dataSync()[0]!;
}

describe('mart', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the loss of methods.md 11.2', () => {
    expect(valueOf()).to.be.closeTo(1.5612973539, 1e-6);
  });

  it('weights both terms by class, and multiplies beta by the class knob', () => {
    // the terms of both examples from methods.md 11.1
    const boosted = [
      0.96621261 - Math.log(1.0001 - 0.46477001),
      0.68026967 - Math.log(1.0001 - 0.30719589),
    ] as const;
    const robust = [0.15969713 * (1 - 0.65900114), 0.23751923 * (1 - 0.82140902)] as const;
    const expected = (weights: readonly number[], betas: readonly number[]): number =>
      weights.reduce((sum, weight, i) => sum + weight * (boosted[i]! + 5 * betas[i]! * robust[i]!), 0) / 2;
    expect(valueOf({ lossWeight: [0.9, 1.6] })).to.be.closeTo(expected([0.9, 1.6], [1, 1]), 1e-6);
    expect(valueOf({ beta: [2, 0.5] })).to.be.closeTo(expected([1, 1], [2, 0.5]), 1e-6);
    expect(valueOf({ lossWeight: [1, 1] })).to.equal(valueOf());
  });

  it('has the gradient of the script, through the clean output too', () => {
    const gradients = (['studentCleanLogits', 'studentAdversarialLogits'] as const).map((name) =>
      Array.from(
        tf
          .grad((logits) => totalLoss(method, toyLossInputs({ logits: { [name]: logits as tf.Tensor2D } })))(
            toyLossInputs().logits[name],
          )
          .dataSync(),
      ),
    );
    // by PyTorch 1.13 in float64
    const expected = [
      [0.129094361, -0.103727386, -0.025366975, 0.016798706, 0.003116284, -0.019914989],
      [-0.712325563, 0.654268343, 0.05805722, 0.08541539, -0.499641303, 0.414225912],
    ];
    gradients.forEach((gradient, which) =>
      gradient.forEach((value, index) => expect(value).to.be.closeTo(expected[which]![index]!, 1e-6)),
    );
  });

  it('passes clean, then adversarial images, and attacks in eval mode', () => {
    expect(method.studentPasses).to.deep.equal(['clean', 'adversarial']);
    expect(method.innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    });
  });
});
