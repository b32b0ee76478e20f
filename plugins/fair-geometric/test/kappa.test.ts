import type { LossInputs, TracedAttackBatch } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { kappa, type KappaOptions } from '../src/kappa.js';

/** kappa of examples whose iterates are right (1) or wrong (0) in the order given. */
function kappaOf(traces: readonly (readonly number[])[], mode: KappaOptions['mode']): number[] {
  const estimator = kappa({ mode, denominator: 'balanced' });
  const count = traces.length;
  const images = tf.zeros([count, 1, 1, 1]) as tf.Tensor4D;
  const batch = {
    images,
    labels: tf.ones([count], 'int32'),
    epsilon: tf.zeros([count]),
    references: {},
  } as unknown as TracedAttackBatch;
  let accumulators = estimator.trajectory!.start(batch);
  for (let index = 0; index < traces[0]!.length; index++) {
    const logits = tf.tensor2d(
      traces.flatMap((trace) => [0, trace[index] ? 1 : -1, -2]),
      [count, 3],
    );
    accumulators = estimator.trajectory!.observe(accumulators, { images, logits, batch });
  }
  const values = estimator.perExample({ trajectory: accumulators } as unknown as LossInputs);
  expect(values.shape).to.deep.equal([count]);
  return Array.from(values.dataSync());
}

const recovering = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0];
const always = new Array<number>(10).fill(1);
const never = new Array<number>(10).fill(0);

describe('kappa', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('counts correct iterates (methods.md 2.2)', () => {
    expect(kappaOf([recovering, always, never], 'count')).to.deep.equal([3, 10, 0]);
  });

  it('or those before the first error (methods.md 2.2)', () => {
    expect(kappaOf([recovering, always, never], 'first')).to.deep.equal([2, 10, 0]);
  });

  it('is the same either way for an example that never recovers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), (broken) => {
        tf.tidy(() => {
          const trace = always.map((_, index) => (index < broken ? 1 : 0));
          expect(kappaOf([trace], 'count')).to.deep.equal([broken]);
          expect(kappaOf([trace], 'first')).to.deep.equal([broken]);
        });
      }),
    );
  });

  it('asks for no pass of its own', () => {
    expect(kappa({ mode: 'count', denominator: 'balanced' }).needs).to.deep.equal([]);
  });

  describe('per class', () => {
    const epoch = { sums: [[30], [10], [20]], counts: [4, 4, 4] };
    const uneven = { sums: [[30], [10], [20]], counts: [6, 2, 4] };

    it('divides by the balanced class size, as released', () => {
      const { values, harder } = kappa({ mode: 'count', denominator: 'balanced' }).summarise(uneven);
      expect(values).to.deep.equal([7.5, 2.5, 5]);
      expect(harder).to.equal('lower');
    });

    it('or by the true number of examples', () => {
      const { values } = kappa({ mode: 'count', denominator: 'per-class' }).summarise(uneven);
      expect(values).to.deep.equal([5, 5, 5]);
    });

    it('warns where the two differ', () => {
      const balanced = kappa({ mode: 'count', denominator: 'balanced' });
      expect(balanced.summarise(epoch).warning).to.equal(undefined);
      expect(balanced.summarise(uneven).warning).to.include('estimator.denominator=per-class');
      const perClass = kappa({ mode: 'count', denominator: 'per-class' });
      expect(perClass.summarise(uneven).warning).to.equal(undefined);
    });

    it('has no value for a class without examples, rather than the hardest one', () => {
      const { values } = kappa({ mode: 'count', denominator: 'per-class' }).summarise({
        sums: [[8], [0]],
        counts: [2, 0],
      });
      expect(values[0]).to.equal(4);
      expect(values[1]).to.be.NaN;
    });
  });
});
