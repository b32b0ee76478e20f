import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '@ard/core';
import { expect } from 'chai';
import { batchNorm, type BatchNormVariables } from '../src/index.js';
import { expectClose, expectGradients, wave } from './support/tfjs.js';

// torch.nn.BatchNorm2d (PyTorch 1.13, float64), gradients of Σ cos(i)·y
const expected = {
  train: {
    y: [
      0.515274, 0.343638, 2.06828, 0.226155, -0.051231, -0.684875, -2.32473, -0.877083, -0.97806, -0.0313905,
      1.75322, 0.448297, 1.335, -0.234333, -1.53844, -0.94607, -2.09701, -0.505383, 0.586559, 0.356157,
      2.05736, 0.208339, -0.126227, -0.703451,
    ],
    x: [
      1.10875, 0.188635, -0.496849, -0.348876, -0.726303, 0.132666, 1.11183, 0.30557, -0.143998, -0.312246,
      -0.963323, -0.00452925, 0.920864, 0.338128, 0.180193, -0.227672, -1.03119, -0.0711535, 0.728661,
      0.346876, 0.422705, -0.191779, -1.11134, -0.155619,
    ],
    weight: [0.269965, 0.574429],
    running: { mean: [0.341874, -0.0253421], var: [1.99728, 0.667819], batches: 1 },
  },
  eval: {
    y: [
      0.939023, 1.41427, 2.41576, 1.1795, 0.400337, -0.641029, -1.76152, -1.02512, -0.480979, 0.664841,
      2.11618, 1.62341, 1.7185, 0.259297, -1.01384, -1.16298, -1.54498, -0.282348, 1.00681, 1.43929, 2.40539,
      1.1439, 0.329024, -0.67815,
    ],
    x: [
      1.06066, 0.382048, -0.441389, -0.700023, -0.693292, 0.200577, 1.01841, 0.533084, -0.154326, -0.64426,
      -0.889968, 0.00312941, 0.89504, 0.641655, 0.145031, -0.537175, -1.01575, -0.194568, 0.70037, 0.699113,
      0.432835, -0.387299, -1.06062, -0.376766,
    ],
    weight: [0.255872, 0.579768],
    running: { mean: [0.3, -0.1], var: [2, 0.5], batches: 0 },
  },
};
const biasGradient = [-0.00282209, -0.538092];

function fresh(channels: number): BatchNormVariables {
  return {
    weight: tf.ones([channels]),
    bias: tf.zeros([channels]),
    running_mean: tf.zeros([channels]),
    running_var: tf.ones([channels]),
    num_batches_tracked: tf.scalar(0),
  };
}

describe('batchNorm', () => {
  it('normalises with the biased variance and tracks the unbiased one (methods.md 1.3)', () => {
    const { y, statistics } = batchNorm(tf.tensor4d([1, 2, 3, 4], [4, 1, 1, 1]), fresh(1), 'train');
    const deviation = Math.sqrt(1.25 + 1e-5);
    expectClose(y, [-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 1.5 / deviation]);
    expectClose(statistics.running_mean, [0.25], 1e-7);
    expectClose(statistics.running_var, [1.0666667], 1e-7);
    expectClose(statistics.num_batches_tracked, [1]);
  });

  for (const mode of ['train', 'eval'] as const satisfies Mode[]) {
    it(`agrees with PyTorch in ${mode} mode: output, statistics and gradients`, () => {
      const x = tf.add<tf.Tensor4D>(tf.mul(wave(2, 2, 3, 2), 2), 0.5);
      const given: BatchNormVariables = {
        weight: tf.tensor1d([1.5, 0.5]),
        bias: tf.tensor1d([0.1, -0.2]),
        running_mean: tf.tensor1d([0.3, -0.1]),
        running_var: tf.tensor1d([2, 0.5]),
        num_batches_tracked: tf.scalar(0),
      };
      const pull = tf.tensor4d(
        Array.from({ length: 24 }, (_, i) => Math.cos(i)),
        [2, 2, 3, 2],
      );
      const { y, statistics } = batchNorm(x, given, mode);
      expectClose(y, expected[mode].y);
      expectClose(statistics.running_mean, expected[mode].running.mean);
      expectClose(statistics.running_var, expected[mode].running.var);
      expectClose(statistics.num_batches_tracked, [expected[mode].running.batches]);

      const [dx, dweight, dbias] = tf.grads((x, weight, bias) =>
        tf.sum(
          tf.mul(pull, batchNorm(x as tf.Tensor4D, { ...given, weight, bias } as BatchNormVariables, mode).y),
        ),
      )([x, given.weight, given.bias]);
      expectClose(dx!, expected[mode].x);
      expectClose(dweight!, expected[mode].weight);
      expectClose(dbias!, biasGradient);
    });

    it(`has the gradients of finite differences in ${mode} mode, of a non-linear function`, () => {
      const pull = wave<tf.Tensor4D>(2, 1, 3, 2);
      expectGradients(
        (x, weight, bias) => {
          const { y } = batchNorm(
            x as tf.Tensor4D,
            { ...fresh(2), weight, bias } as BatchNormVariables,
            mode,
          );
          return tf.sum(tf.mul(pull, tf.square(y)));
        },
        [tf.mul(wave(2, 1, 3, 2), 3), tf.tensor1d([1.3, 0.6]), tf.tensor1d([0.1, -0.2])],
        5e-3,
      );
    });
  }

  it('returns the statistics it was given in eval mode', () => {
    const given = fresh(2);
    expect(batchNorm(wave(2, 2, 2, 2), given, 'eval').statistics.running_mean).to.equal(given.running_mean);
  });

  it('refuses a batch without a variance', () => {
    expect(() => batchNorm(tf.ones([1, 1, 1, 3]), fresh(3), 'train')).to.throw('one value per channel');
    expect(() => batchNorm(tf.ones([1, 1, 1, 3]), fresh(3), 'eval')).not.to.throw();
  });

  it('leaves no tensor behind', () => {
    const x = wave<tf.Tensor4D>(2, 2, 3, 2);
    const given = fresh(2);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((x: tf.Tensor) => tf.sum(batchNorm(x as tf.Tensor4D, given, 'train').y))(x);
    });
    expect(tf.memory().numTensors).to.equal(before);
  });
});
