import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { boostedCrossEntropy } from '../../src/losses/boosted-cross-entropy.js';
import { negativeEntropy } from '../../src/losses/negative-entropy.js';
import { teacherReliability } from '../../src/losses/teacher-reliability.js';
import { expectClose, toy } from './toy-batch.js';

const { studentAdversarial, teacherAdversarial, oneHot } = toy;

describe('quantities of single methods', () => {
  before(() => tf.setBackend('cpu'));

  describe('teacherReliability', () => {
    it('is the a_i of methods.md 11.2', () => {
      expectClose(teacherReliability(teacherAdversarial, oneHot, 0.1), [0.9460161, 0.96005894]);
    });

    it('trusts completely at exponent 0, and is small but not 0 for a hopeless teacher', () => {
      expectClose(teacherReliability(teacherAdversarial, oneHot, 0), [1, 1]);
      const hopeless = teacherReliability(tf.tensor2d([[0, 500]]), tf.tensor2d([[1, 0]]), 0.1);
      expectClose(hopeless, [Math.exp(-50)]);
      expect(hopeless.dataSync()[0]).to.be.greaterThan(0);
    });

    it('is a constant', () => {
      const gradient = tf.grad((logits) => teacherReliability(logits as tf.Tensor2D, oneHot, 0.1))(
        teacherAdversarial,
      );
      expectClose(gradient, [0, 0, 0, 0, 0, 0]);
    });
  });

  describe('boostedCrossEntropy', () => {
    it('adds the most probable wrong class of methods.md 11.1 to cross-entropy', () => {
      expectClose(boostedCrossEntropy(studentAdversarial, oneHot), [
        0.96621261 - Math.log(1.0001 - 0.46477001),
        0.68026967 - Math.log(1.0001 - 0.30719589),
      ]);
    });

    it('stays finite where a wrong class takes everything', () => {
      const losses = boostedCrossEntropy(tf.tensor2d([[0, 100]]), tf.tensor2d([[1, 0]]));
      expect(losses.dataSync()[0]).to.be.closeTo(100 - Math.log(1e-4), 0.01);
    });
  });

  describe('negativeEntropy', () => {
    const uniform = tf.zeros([1, 4]) as tf.Tensor2D;

    it('is -ln K for a uniform output, and 0 for a certain one, up to its offset', () => {
      expectClose(negativeEntropy(uniform), [Math.log(0.25 + 1e-5)]);
      expectClose(negativeEntropy(tf.tensor2d([[100, 0, 0, 0]])), [Math.log(1 + 1e-5)]);
    });

    it('divides by the number of classes when asked to', () => {
      expectClose(negativeEntropy(uniform, { classReduction: 'mean' }), [Math.log(0.25 + 1e-5) / 4]);
    });
  });
});
