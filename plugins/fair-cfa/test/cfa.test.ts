import { strategyContract } from '@ard/testkit';
import { expect } from 'chai';
import { cfa, cfaComponent, type CfaOptions } from '../src/cfa.js';
import { fawa } from '../src/fawa.js';

const defaults = cfaComponent.options.parse({}) as unknown as CfaOptions;

strategyContract({ name: 'cfa', create: () => cfa(defaults), whenEqual: 'uniform' });
strategyContract({
  name: 'cfa, margins only, true accuracies',
  create: () => cfa({ ...defaults, regularisation: false, accuracy: 'per-class' }),
});

/** Results of two classes, 50 examples each. */
function training(robustAccuracy: readonly number[]) {
  return { counts: [50, 50], cleanAccuracy: [1, 1], robustAccuracy, meanLoss: [1, 1] };
}

describe('cfa', () => {
  const begun = { epoch: 9, classes: 2, training: training([0.6, 0.2]) };

  it('gives radii and shares of the divergence of methods.md 5.3', () => {
    const { knobs } = cfa(defaults).update({}, begun);
    const radii = knobs.epsilon!.map((factor) => factor * 8);
    expect(radii[0]).to.be.closeTo(8.8, 1e-12);
    expect(radii[1]).to.be.closeTo(5.6, 1e-12);
    // TRADES' loss is CE + 6 KL: what the knobs make of the two coefficients
    const shares = knobs.lossWeight!.map((weight, index) => weight * knobs.beta![index]! * 6);
    expect(shares[0]).to.be.closeTo(0.868421, 5e-7);
    expect(shares[1]).to.be.closeTo(0.807692, 5e-7);
    knobs.lossWeight!.forEach((weight, index) => expect(weight).to.be.closeTo(1 - shares[index]!, 1e-12));
  });

  it('has 1/7 and 6/7 for all classes before it begins', () => {
    const early = [cfa(defaults).initialKnobs!(2), cfa(defaults).update({}, { ...begun, epoch: 8 }).knobs];
    for (const knobs of early) {
      expect(knobs).to.deep.equal({ epsilon: [1, 1], beta: [1, 1], lossWeight: [1 / 7, 1 / 7] });
    }
  });

  it('turns no trade-off where only margins are asked for', () => {
    const strategy = cfa({ ...defaults, regularisation: false });
    expect(strategy.knobs).to.deep.equal(['epsilon']);
    expect(strategy.update({}, begun).knobs).to.have.all.keys('epsilon');
  });

  it('divides by the balanced class size, as released, or by the true one', () => {
    const uneven = { ...training([0.5, 0.5]), counts: [80, 20] };
    const radii = (accuracy: CfaOptions['accuracy']) =>
      cfa({ ...defaults, accuracy }).update({}, { ...begun, training: uneven }).knobs.epsilon;
    expect(radii('balanced')).to.deep.equal([1.3, 0.7]);
    expect(radii('per-class')).to.deep.equal([1, 1]);
  });
});

describe('fawa', () => {
  const position = { epoch: 3, step: 0, stepsPerEpoch: 1, epochs: 9 };

  it('takes an epoch in when its worst class is robust enough', () => {
    const averaging = fawa({ decay: 0.88, threshold: 0.24, validationPerClass: 100 });
    const keep = (accuracy: readonly number[]) =>
      averaging.keep({ position, updates: 1, validation: training(accuracy) });
    expect(keep([0.5, 0.24])).to.equal(0.88);
    expect(keep([0.9, 0.23])).to.equal(undefined);
    expect(averaging.validationObjective).to.deep.equal({ id: 'cross-entropy', options: {} });
  });
});
