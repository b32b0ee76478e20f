import { strategyContract } from '@ard/testkit';
import { expect } from 'chai';
import { frl, frlComponent, type FrlOptions } from '../src/frl.js';
import { boundMultipliers, classWeights, marginScales } from '../src/multipliers.js';

const defaults = frlComponent.options.parse({}) as unknown as FrlOptions;
const reweight = { ...defaults, remargin: false, slack: 0.1 };

strategyContract({ name: 'frl', create: () => frl(defaults), whenEqual: 'uniform' });
strategyContract({ name: 'frl, weights only', create: () => frl(reweight) });
strategyContract({
  name: 'frl, radii only',
  create: () => frl({ ...defaults, reweight: false, marginMaximum: 2.5 }),
  whenEqual: 'uniform',
});

describe('frl', () => {
  it('gives the multipliers and weights of methods.md 5.1', () => {
    const bounded = boundMultipliers([0.3, 0.3, 0, 0, 0, 0, 0, 0, 0, 0], 0.5);
    expect(bounded).to.deep.equal([0.25, 0.25, 0, 0, 0, 0, 0, 0, 0, 0]);
    classWeights(bounded).forEach((weight, index) =>
      // the released weights have sum 1 rather than mean 1; the mean over weights does not see the difference
      expect(weight / 10).to.be.closeTo(index < 2 ? 0.3 : 0.05, 1e-12),
    );
    expect(boundMultipliers([-1, 0.2], 0.5)).to.deep.equal([0, 0.2]);
  });

  it('gives the margins of methods.md 5.1', () => {
    [0.98, 1, 1.105171, 3].forEach((expected, index) =>
      expect(marginScales([-0.1, 0, 0.05, 0.6], 3)[index]).to.be.closeTo(expected, 5e-7),
    );
  });

  it('moves multipliers by excess errors, twice as fast for boundary errors, and halves the rate', () => {
    const validation = {
      counts: [10, 10],
      cleanAccuracy: [0.9, 0.5],
      robustAccuracy: [0.8, 0],
      meanLoss: [1, 1],
    };
    // clean errors .1 .5, mean .3; boundary errors .1 .5, mean .3; excess over slack .1 for class 1
    const first = frl(reweight).update(frl(reweight).init(2), { epoch: -1, classes: 2, validation });
    const { clean, boundary, margin } = first.state as Record<string, number[]>;
    expect(clean![1]).to.be.closeTo(0.05 * 0.1, 1e-12);
    expect(boundary![1]).to.be.closeTo(0.1 * 0.1, 1e-12);
    expect([clean![0], boundary![0], ...margin!]).to.deep.equal([0, 0, 0, 0]);
    const later = frl(reweight).update(frl(reweight).init(2), { epoch: 38, classes: 2, validation });
    // the 40th epoch is trained at half the rate, the 39th at the full one
    expect((later.state as Record<string, number[]>).clean![1]).to.be.closeTo(0.025 * 0.1, 1e-12);
    const before = frl(reweight).update(frl(reweight).init(2), { epoch: 37, classes: 2, validation });
    expect((before.state as Record<string, number[]>).clean![1]).to.be.closeTo(0.05 * 0.1, 1e-12);
    expect(first.knobs.robustWeight![1]).to.be.greaterThan(first.knobs.robustWeight![0]!);
  });

  it('steps by the largest radius of a batch', () => {
    const validation = {
      counts: [10, 10],
      cleanAccuracy: [0.9, 0.9],
      robustAccuracy: [0.9, 0],
      meanLoss: [1, 1],
    };
    const { knobs } = frl(defaults).update(frl(defaults).init(2), { epoch: 0, classes: 2, validation });
    expect(knobs.epsilon![1]).to.be.greaterThan(knobs.epsilon![0]!);
    expect(knobs.stepSize).to.deep.equal(knobs.epsilon);
    expect(frl(defaults).stepSizeOf).to.equal('batch');
    expect(frl(reweight).stepSizeOf).to.equal(undefined);
  });
});
