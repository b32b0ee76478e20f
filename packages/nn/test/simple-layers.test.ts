import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { z } from 'zod';
import {
  flattenChannelsFirst,
  globalAveragePool,
  linear,
  maxPool,
  normalisationOptions,
  normaliseImages,
  swish,
} from '../src/index.js';
import { expectClose, wave } from './support/tfjs.js';

describe('linear, pooling, flattening and normalisation agree with PyTorch', () => {
  it('flattens in the order channels, rows, columns, so that linear weights fit', () => {
    const flat = flattenChannelsFirst(wave(2, 2, 3, 2));
    // F.linear(x.permute(0, 3, 1, 2).flatten(1), weight, bias), PyTorch 1.13
    expectClose(
      linear(flat, wave(3, 12), wave(3)),
      [-0.159636, 1.06632, 1.2133, 0.520367, 0.407677, 1.21735],
    );
  });

  it('drops rows that fill no pooling square', () => {
    const pooled = maxPool(wave(1, 5, 4, 2), 2);
    expect(pooled.shape).to.deep.equal([1, 2, 2, 2]);
    expectClose(pooled, [0.991665, 0.989358, 0.662969, 0.0247754, 0.327474, 0.859162, 0.986772, 0.983907]);
  });

  it('swish and its gradient are those of SiLU', () => {
    // F.silu, PyTorch 1.13
    const x = tf.tensor1d([-20, -2, -0.5, 0, 1, 3]);
    expectClose(swish(x), [-4.12231e-8, -0.238406, -0.18877, 0, 0.731059, 2.85772]);
    expectClose(
      tf.grad((input) => tf.sum(swish(input)))(x),
      [-3.91619e-8, -0.0907842, 0.260039, 0.5, 0.927671, 1.0881],
    );
  });

  it('averages over rows and columns', () => {
    expectClose(globalAveragePool(tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2])), [3, 30]);
  });

  it('normalises per channel, or all channels alike', () => {
    const image = tf.tensor4d([0.5, 0.5, 1, 0], [1, 1, 2, 2]);
    expectClose(normaliseImages(image, [0.5, 0.25], [0.5, 0.25]), [0, 1, 1, -1]);
    expectClose(normaliseImages(image, [0.5], [0.25]), [0, 0, 2, -2]);
  });

  it('refuses means for another number of channels', () => {
    expect(() => normaliseImages(tf.ones([1, 1, 2, 2]), [0, 0, 0], [1])).to.throw(
      'mean has 3 numbers for 2 channels',
    );
  });

  it('takes images as they are unless options say otherwise, and no deviation of 0', () => {
    const options = z.object(normalisationOptions);
    expect(options.parse({})).to.deep.equal({ mean: [0], std: [1] });
    expect(options.safeParse({ std: [0.2, 0, 0.2] }).success).to.equal(false);
  });

  it('computes nothing for mean 0 and std 1', () => {
    const image = tf.ones<tf.Rank.R4>([1, 1, 2, 2]);
    expect(normaliseImages(image, [0], [1])).to.equal(image);
  });
});
