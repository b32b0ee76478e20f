import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { crossEntropy } from '../../src/losses/cross-entropy.js';
import { klDivergence } from '../../src/losses/kl-divergence.js';
import { margin } from '../../src/losses/margin.js';
import { softLabelCrossEntropy } from '../../src/losses/soft-label-cross-entropy.js';
import { stopGradient } from '../../src/losses/stop-gradient.js';
import { expectClose, finiteDifferences, toy } from './toy-batch.js';

const { studentAdversarial, studentClean, teacherClean, teacherAdversarial, cleanTeacher, oneHot } = toy;

/** Logits of a few examples over a few classes, wide enough that probabilities underflow. */
const logitPairs = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 5 }))
  .chain(([rows, columns]) => {
    const row = fc.array(fc.float({ min: -200, max: 200, noNaN: true }), {
      minLength: rows * columns,
      maxLength: rows * columns,
    });
    return fc.tuple(row, row, fc.constant([rows, columns] as [number, number]));
  });

describe('losses', () => {
  before(() => tf.setBackend('cpu'));

  describe('crossEntropy', () => {
    it('is that of methods.md 11.1', () => {
      expectClose(crossEntropy(studentAdversarial, oneHot), [0.96621261, 0.68026967]);
      expectClose(crossEntropy(studentClean, oneHot), [0.41703002, 0.1967341]);
    });

    it('has the gradient softmax - oneHot', () => {
      const gradient = tf.grad((logits) => crossEntropy(logits as tf.Tensor2D, oneHot))(studentClean);
      expectClose(gradient, Array.from(tf.sub(tf.softmax(studentClean), oneHot).dataSync()));
    });

    it('stays finite where the softmax underflows', () => {
      expectClose(crossEntropy(tf.tensor2d([[0, 1000]]), tf.tensor2d([[1, 0]])), [1000]);
    });
  });

  describe('klDivergence', () => {
    it('is that of methods.md 11.1', () => {
      expectClose(klDivergence(teacherClean, studentAdversarial), [0.58995453, 0.25511072]);
      expectClose(klDivergence(teacherClean, studentClean), [0.15647941, 0.04197561]);
      expectClose(klDivergence(teacherAdversarial, studentAdversarial), [0.08204535, 0.0602689]);
      expectClose(klDivergence(teacherAdversarial, studentClean), [0.02840725, 0.15622084]);
      expectClose(klDivergence(cleanTeacher, studentClean), [0.31830406, 0.09891832]);
      expectClose(klDivergence(studentClean, studentAdversarial), [0.15969713, 0.23751923]);
    });

    it('divides both logits by the temperature', () => {
      const divergence = klDivergence(teacherClean, studentAdversarial, { temperature: 30 });
      // a difference of logarithms near 1: float32 leaves three digits of it, in PyTorch as here
      expectClose(divergence, [0.00088799, 0.00040696], 2e-7);
    });

    it('averages over classes when asked to', () => {
      const mean = klDivergence(teacherClean, studentAdversarial, { classReduction: 'mean' });
      expectClose(mean, [0.58995453 / 3, 0.25511072 / 3]);
    });

    it('has the gradient T (softmax(s/T) - softmax(t/T)) after the factor T² (methods.md 1.5)', () => {
      const temperature = 30;
      const loss = (logits: tf.Tensor): tf.Tensor =>
        tf.mul(temperature ** 2, tf.mean(klDivergence(teacherClean, logits as tf.Tensor2D, { temperature })));
      expectClose(
        tf.grad(loss)(studentAdversarial),
        [-0.29981661, 0.16070533, 0.13911128, 0.1384106, -0.19748877, 0.05907817],
        1e-5,
      );
    });

    it('tends to a squared distance of centred logits as the temperature grows', () => {
      const centred = tf.sub(studentAdversarial, teacherClean);
      const difference = tf.sub(centred, tf.mean(centred, 1, true));
      const limit = tf.div(tf.sum(tf.square(difference), 1), 2 * 3);
      // float32 leaves few digits of a divergence near 1e-4, so the comparison is loose
      const temperature = 100;
      const scaled = tf.mul(
        temperature ** 2,
        klDivergence(teacherClean, studentAdversarial, { temperature }),
      );
      expectClose(scaled, Array.from(limit.dataSync()), 2e-2);
    });

    it('differentiates the target too, unless it is detached', () => {
      const towards = (detachTarget: boolean) => (target: tf.Tensor) =>
        klDivergence(target as tf.Tensor2D, studentAdversarial, { detachTarget });
      const numeric = finiteDifferences((target) => klDivergence(target, studentAdversarial), studentClean);
      expectClose(tf.grad(towards(false))(studentClean), numeric, 1e-3);
      expectClose(tf.grad(towards(true))(studentClean), [0, 0, 0, 0, 0, 0], 0);
    });

    it('counts a class of probability 0 as 0', () => {
      const divergence = klDivergence(tf.tensor2d([[1000, -1000]]), tf.tensor2d([[0, 0]]));
      expectClose(divergence, [Math.log(2)]);
    });

    it('is finite, not negative, and 0 only between equals', () => {
      fc.assert(
        fc.property(logitPairs, ([target, logits, shape]) => {
          tf.tidy(() => {
            const p = tf.tensor2d(target, shape);
            const divergence = klDivergence(p, tf.tensor2d(logits, shape)).dataSync();
            for (const value of divergence) expect(value).to.satisfy(Number.isFinite).and.be.at.least(-1e-4);
            expectClose(klDivergence(p, p), new Array<number>(shape[0]).fill(0), 0);
          });
        }),
      );
    });
  });

  describe('softLabelCrossEntropy', () => {
    it('gives the means of RSLAD in methods.md 11.2', () => {
      const mean = (logits: tf.Tensor2D): tf.Tensor =>
        tf.mean(softLabelCrossEntropy(teacherClean, logits, { classReduction: 'mean' }));
      expectClose(mean(studentAdversarial), [0.1408542078], 1e-7);
      expectClose(mean(studentClean), [0.0330858367], 1e-7);
    });

    it('has the gradient of the KL divergence', () => {
      const loss = (logits: tf.Tensor): tf.Tensor =>
        softLabelCrossEntropy(teacherClean, logits as tf.Tensor2D);
      const divergence = (logits: tf.Tensor): tf.Tensor => klDivergence(teacherClean, logits as tf.Tensor2D);
      const expected = tf.grad(divergence)(studentClean);
      expectClose(tf.grad(loss)(studentClean), Array.from(expected.dataSync()));
    });

    it('exceeds the KL divergence by less than 1e-5 a class', () => {
      fc.assert(
        fc.property(logitPairs, ([target, logits, shape]) => {
          tf.tidy(() => {
            const [p, q] = [tf.tensor2d(target, shape), tf.tensor2d(logits, shape)];
            const excess = tf.sub(softLabelCrossEntropy(p, q), klDivergence(p, q)).dataSync();
            for (const value of excess) expect(value).to.be.closeTo(0, shape[1] * 1e-5 + 1e-4);
          });
        }),
      );
    });
  });

  describe('margin', () => {
    const logits = tf.tensor2d([
      [2, 1, 0.1, -1],
      [0.5, 1.5, 1, 0],
    ]);
    const labels = tf.tensor2d([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
    ]);

    it('is the lead of the label over the best other class', () => {
      expectClose(margin(logits, labels), [1, -0.5], 1e-6);
    });

    it('pulls the label up and the best other class down', () => {
      const gradient = tf.grad((z) => margin(z as tf.Tensor2D, labels))(logits);
      expectClose(gradient, [1, -1, 0, 0, 0, -1, 1, 0], 0);
    });
  });

  it('none of them depends on the order of the examples', () => {
    const swap = (tensor: tf.Tensor2D): tf.Tensor2D => tf.reverse(tensor, 0);
    const pairs: [tf.Tensor1D, tf.Tensor1D][] = [
      [crossEntropy(studentClean, oneHot), crossEntropy(swap(studentClean), swap(oneHot))],
      [klDivergence(teacherClean, studentClean), klDivergence(swap(teacherClean), swap(studentClean))],
      [
        softLabelCrossEntropy(teacherClean, studentClean),
        softLabelCrossEntropy(swap(teacherClean), swap(studentClean)),
      ],
      [margin(studentClean, oneHot), margin(swap(studentClean), swap(oneHot))],
    ];
    for (const [straight, swapped] of pairs) {
      expectClose(tf.reverse(swapped, 0), Array.from(straight.dataSync()), 0);
    }
  });

  it('stopGradient keeps values and blocks gradients', () => {
    expectClose(stopGradient(studentClean), Array.from(studentClean.dataSync()), 0);
    const square = (x: tf.Tensor): tf.Tensor => tf.mul(x, stopGradient(x));
    expectClose(tf.grad(square)(tf.scalar(3)), [3], 0);
  });
});
