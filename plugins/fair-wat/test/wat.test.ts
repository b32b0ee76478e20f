import { strategyContract } from '@ard/testkit';
import { expect } from 'chai';
import { classCosts, expertWeights } from '../src/class-costs.js';
import { wat } from '../src/wat.js';

for (const denominator of ['images', 'as-released'] as const) {
  strategyContract({
    name: `wat, ${denominator}`,
    create: () => wat({ rate: 0.1, validationPerClass: 30, denominator }),
    whenEqual: 'uniform',
  });
}

function results(counts: readonly number[], meanLoss: readonly number[]) {
  const zeros = counts.map(() => 0);
  return { counts, meanLoss, cleanAccuracy: zeros, robustAccuracy: zeros };
}

describe('wat', () => {
  it('gives the expert weights of methods.md 5.4', () => {
    const weights = expertWeights([1, 2, 1.5], 0.1);
    [0.633625, 0.700264, 0.666111].forEach((expected, index) =>
      expect(weights[index]).to.be.closeTo(expected, 5e-7),
    );
  });

  it('divides costs by padded batches, 3072 for 3000 images, as released, or by the images', () => {
    const counts = new Array<number>(10).fill(300);
    const losses = counts.map((_, index) => index + 1);
    const released = classCosts(results(counts, losses), 128);
    const exact = classCosts(results(counts, losses), undefined);
    expect(exact.slice(0, 10)).to.deep.equal(losses);
    expect(exact[10]).to.equal(5.5);
    released.forEach((cost, index) => expect(cost).to.be.closeTo((exact[index]! * 3000) / 3072, 1e-12));
  });

  it('starts with all experts at 1 and raises the weight of the class that costs most', () => {
    const strategy = wat({ rate: 0.1, validationPerClass: 4, denominator: 'images' });
    expect(strategy.initialKnobs!(2)).to.deep.equal({ lossWeight: [2, 2] });
    let state = strategy.init(2);
    let gap = 0;
    for (let epoch = 0; epoch < 5; epoch++) {
      const validation = results([4, 4], [1, 3]);
      const answer = strategy.update(state, { epoch, classes: 2, validation });
      const [easy, hard] = answer.knobs.lossWeight!;
      expect(hard! - easy!).to.be.greaterThan(gap);
      [gap, state] = [hard! - easy!, answer.state];
    }
    expect(state).to.deep.equal({ cumulative: [5, 15, 10] });
  });
});
