import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { smoothLabels } from '../../src/losses/smooth-labels.js';
import { expectClose, toy } from './toy-batch.js';

describe('smoothLabels', () => {
  before(() => tf.setBackend('cpu'));

  it('gives every class a share, the label among them', () => {
    expectClose(smoothLabels(toy.oneHot, 0.3), [0.8, 0.1, 0.1, 0.1, 0.8, 0.1]);
  });

  it('gives the labels themselves without smoothing', () => {
    expect(smoothLabels(toy.oneHot, 0)).to.equal(toy.oneHot);
  });
});
