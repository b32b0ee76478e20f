import type { TracedAttackBatch } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { gairat, gairatComponent, type GairatOptions } from '../src/gairat.js';
import { gairatWeights, gairatWeightings } from '../src/gairat-weights.js';

const defaults = gairatComponent.options.parse({}) as unknown as GairatOptions;

function weightsOf(kappa: readonly number[], settings: Partial<GairatOptions>, iterates = 10): number[] {
  const counts = tf.fill([kappa.length], iterates) as tf.Tensor1D;
  return Array.from(gairatWeights(tf.tensor1d([...kappa]), counts, { ...defaults, ...settings }).dataSync());
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).to.have.lengthOf(expected.length);
  actual.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, tolerance));
}

describe('gairat', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  const oracles = {
    tanh: [1.903319, 1.869712, 0.226957, 0.000012],
    sigmoid: [1.840507, 1.650805, 0.504055, 0.004634],
    discrete: [1.62963, 1.333333, 0.888889, 0.148148],
  } as const;

  for (const weighting of gairatWeightings) {
    it(`weighs by ${weighting} as in methods.md 4.4`, () => {
      expectClose(weightsOf([0, 2, 5, 10], { weighting, lambda: -1 }), oracles[weighting], 1e-6);
    });

    it(`weighs equal examples equally by ${weighting}, and a single step does no harm`, () => {
      expectClose(weightsOf([4, 4, 4], { weighting }), [1, 1, 1], 1e-6);
      const [broken, whole] = weightsOf([0, 1], { weighting }, 1);
      expect(broken).to.be.greaterThan(whole!);
    });
  }

  it('counts correct iterates among all, over the training attack', () => {
    const { trajectory } = gairat(defaults);
    const images = tf.zeros([2, 1, 1, 1]) as tf.Tensor4D;
    const batch = {
      images,
      labels: tf.tensor1d([0, 1], 'int32'),
      epsilon: tf.zeros([2]),
      references: {},
    } as unknown as TracedAttackBatch;
    let accumulators = trajectory!.start(batch);
    for (const logits of [
      [1, 0, 0, 1],
      [0, 1, 0, 1],
      [1, 0, 1, 0],
    ]) {
      accumulators = trajectory!.observe(accumulators, {
        images,
        logits: tf.tensor2d(logits, [2, 2]),
        batch,
      });
    }
    expect(Array.from(accumulators.kappa!.dataSync())).to.deep.equal([2, 2]);
    expect(Array.from(accumulators.iterates!.dataSync())).to.deep.equal([3, 3]);
  });

  it('is plain cross-entropy before it begins, and weighted from then on', () => {
    const method = gairat({ ...defaults, begin: 3 });
    const trajectory = { kappa: tf.tensor1d([0, 10]), iterates: tf.tensor1d([10, 10]) };
    const value = (epoch: number, lossWeight: [number, number] = [1, 1]): number =>
      totalLoss(method, toyLossInputs({ trajectory, lossWeight }), method.phase!(epoch)).dataSync()[0]!;
    const [first, second] = weightsOf([0, 10], {});
    expect(value(2)).to.be.closeTo(0.82324114, 1e-6);
    expect(value(3)).to.be.closeTo((first! * 0.96621261 + second! * 0.68026967) / 2, 1e-6);
    expect(value(3, [0.9, 1.6])).to.be.closeTo(
      (0.9 * first! * 0.96621261 + 1.6 * second! * 0.68026967) / 2,
      1e-6,
    );
  });

  it('attacks in eval mode from a start within [0, 1]', () => {
    expect(gairat(defaults).innerAttack).to.deep.equal({
      attack: {
        id: 'pgd',
        options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'uniform-clipped' },
      },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    });
  });
});
