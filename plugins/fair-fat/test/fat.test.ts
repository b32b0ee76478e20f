import type { LossInputs } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { strategyContract } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { classMeanVariance } from '../src/class-mean-variance.js';
import { fat } from '../src/fat.js';

strategyContract({ name: 'fat', create: () => fat({ alpha: 0.1, length: 'classes' }) });

describe('fat', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  const means = [1, 1.2, 0.9, 2, 1.8, 1.5, 1.1, 1, 0.8, 0.9];
  /** Two examples of each class, around the mean. */
  const losses = (): tf.Tensor1D => tf.tensor1d(means.flatMap((mean) => [mean - 0.2, mean + 0.2]));
  const labels = means.flatMap((_, index) => [index, index]);
  const oneHot = (classes: number): tf.Tensor2D =>
    tf.oneHot(tf.tensor1d(labels, 'int32'), classes) as tf.Tensor2D;

  it('gives the variances of methods.md 5.5, over 10 and over 100 classes', () => {
    const variance = (length: 'classes' | 'as-released') =>
      classMeanVariance(losses(), oneHot(10), length).dataSync()[0];
    expect(variance('classes')).to.be.closeTo(0.168444, 5e-7);
    expect(variance('as-released')).to.be.closeTo(0.150622, 5e-7);
  });

  it('leaves absent classes out, unless as released', () => {
    const [few, many] = [10, 13].map(
      (classes) => classMeanVariance(losses(), oneHot(classes), 'classes').dataSync()[0]!,
    );
    expect(few).to.be.closeTo(many!, 1e-6);
  });

  it('is 0 for a single class, and differentiable', () => {
    const one = tf.oneHot(tf.tensor1d([1, 1], 'int32'), 3) as tf.Tensor2D;
    const value = (given: tf.Tensor): tf.Scalar => classMeanVariance(given as tf.Tensor1D, one, 'classes');
    expect(value(tf.tensor1d([1, 3])).dataSync()[0]).to.equal(0);
    expect(
      Array.from(
        tf
          .grad(value)(tf.tensor1d([1, 3]))
          .dataSync(),
      ),
    ).to.deep.equal([0, 0]);
  });

  it('has the gradient of the script, over the classes of the batch and over 100', () => {
    const logits = tf.tensor2d([1, 1.2, 0.1, 0.5, 1.5, 1, 0.3, -0.4, 0.9], [3, 3]);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 0], 'int32'), 3) as tf.Tensor2D;
    // by torch.var of PyTorch 1.13 in float64, of class means in vectors of length 2 and 100
    const expected = {
      classes: [
        0.08105297, -0.124708401, 0.093563738, 0.031144663, -0.075018369, 0.19870275, -0.123684381,
        -0.140652115, 0.030122763, 0.110529353,
      ],
      'as-released': [
        0.016205431, -0.006665725, 0.005001028, 0.001664698, 0.002494246, -0.006606563, 0.004112317,
        -0.007517925, 0.001610077, 0.005907848,
      ],
    };
    for (const [length, [variance, ...gradient]] of Object.entries(expected)) {
      const { value } = fat({ alpha: 0.1, length: length as keyof typeof expected }).regulariser!;
      const { value: found, grad } = tf.valueAndGrad((given) =>
        value({ logits: { studentAdversarialLogits: given }, oneHotLabels: labels } as unknown as LossInputs),
      )(logits);
      expect(found.dataSync()[0], length).to.be.closeTo(variance!, 1e-7);
      grad.dataSync().forEach((entry, index) => expect(entry, length).to.be.closeTo(gradient[index]!, 1e-7));
    }
  });
});
