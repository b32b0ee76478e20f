import type { TracedAttackBatch } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { methodContract, toyLossInputs } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { balancedPair, balancedPairObserver } from '../src/balanced-pair.js';
import { bat } from '../src/bat.js';

const released = { beta: 6, uniformWeight: 1, extraSteps: 1 };

methodContract({ name: 'bat', create: () => bat(released) });
methodContract({ name: 'bat, no extra step', create: () => bat({ ...released, extraSteps: 0 }) });

describe('bat', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the terms of methods.md 11.2', () => {
    const toy = toyLossInputs();
    const inputs = {
      ...toy,
      logits: { ...toy.logits, studentCollectedLogits: toy.logits.studentCleanLogits },
    };
    const terms = bat(released)
      .loss(inputs, '')
      .terms.map(({ perExampleLoss, coefficient }) =>
        tf.mul(tf.mean(perExampleLoss), coefficient).dataSync(),
      );
    [0.3068820566, 1.1916491056, 0.4636973261].forEach((expected, index) =>
      expect(terms[index]![0]).to.be.closeTo(expected, 5e-7),
    );
  });

  /**
   * Which iterates x_0 … x_N of an attack make the pair: image k is all k, right (1) or wrong (0) at x_0 … x_{N-1}.
   */
  function pairOf(trace: readonly number[], extraSteps: number): { right: number; wrong: number } {
    const observer = balancedPairObserver(extraSteps);
    const images = (value: number): tf.Tensor4D => tf.fill([1, 1, 1, 1], value);
    const batch = {
      images: images(-1),
      labels: tf.tensor1d([0], 'int32'),
      epsilon: tf.zeros([1]),
      references: {},
    } as unknown as TracedAttackBatch;
    let accumulators = observer.start(batch);
    trace.forEach((right, index) => {
      const logits = tf.tensor2d([[0, right ? -1 : 1]]);
      accumulators = observer.observe(accumulators, { images: images(index), logits, batch });
    });
    const pair = balancedPair(accumulators, images(trace.length));
    return { right: pair.collected.dataSync()[0]!, wrong: pair.adversarial.dataSync()[0]! };
  }

  it('takes the image before the first error and the one a step after it', () => {
    expect(pairOf([1, 1, 0, 0, 0], 1)).to.deep.equal({ right: 1, wrong: 3 });
    expect(pairOf([1, 1, 0, 1, 0], 1)).to.deep.equal({ right: 1, wrong: 3 });
    expect(pairOf([1, 1, 0, 0, 0], 0)).to.deep.equal({ right: 1, wrong: 2 });
    expect(pairOf([1, 0, 0, 0, 0], 3)).to.deep.equal({ right: 0, wrong: 4 });
  });

  it('takes the start when that is wrong already', () => {
    expect(pairOf([0, 0, 0], 1)).to.deep.equal({ right: 0, wrong: 1 });
  });

  it('takes the final iterate when nothing is broken, or steps are left', () => {
    expect(pairOf([1, 1, 1], 1)).to.deep.equal({ right: 3, wrong: 3 });
    expect(pairOf([1, 1, 0], 1)).to.deep.equal({ right: 1, wrong: 3 });
    expect(pairOf([1, 1, 0], 5)).to.deep.equal({ right: 1, wrong: 3 });
  });
});
