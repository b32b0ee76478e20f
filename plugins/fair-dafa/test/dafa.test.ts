import { strategyContract } from '@ard/testkit';
import { expect } from 'chai';
import { dafaWeights } from '../src/class-weights.js';
import { dafa } from '../src/dafa.js';

const options = { warmUp: 2, scale: 1, minimum: 0.05, terms: 'clean' } as const;

for (const terms of ['clean', 'all'] as const) {
  strategyContract({
    name: `dafa, ${terms}`,
    create: () => dafa({ ...options, terms }),
    whenEqual: 'uniform',
    // errors spread evenly over the other classes
    measured: (accuracy) =>
      accuracy.map((own, i) => accuracy.map((_, j) => (i === j ? own : (1 - own) / (accuracy.length - 1)))),
  });
}

describe('dafa', () => {
  const probabilities = [
    [0.5, 0.3, 0.2],
    [0.2, 0.7, 0.1],
    [0.1, 0.1, 0.8],
  ];

  it('gives the weights of methods.md 5.6', () => {
    const weights = dafaWeights(probabilities, 1, 0.05);
    [1.37, 0.87, 0.76].forEach((expected, index) => expect(weights[index]).to.be.closeTo(expected, 1e-12));
  });

  it('never goes below the minimum, where the released code could turn a radius negative', () => {
    expect(Math.min(...dafaWeights(probabilities, 10, 0.05))).to.equal(0.05);
  });

  it('changes nothing during the warm-up, and keeps its weights afterwards', () => {
    const strategy = dafa(options);
    const measured = {
      sums: probabilities.map((row) => row.map((value) => 10 * value)),
      counts: [10, 10, 10],
    };
    const first = strategy.update(strategy.init(3), { epoch: 0, classes: 3, measured });
    expect(first.knobs).to.deep.equal({});
    const second = strategy.update(first.state, { epoch: 1, classes: 3, measured });
    expect(second.knobs.epsilon).to.deep.equal(second.knobs.cleanWeight);
    expect(second.knobs.stepSize![0]).to.be.closeTo(1.37, 1e-12);
    const other = { sums: [...measured.sums].reverse(), counts: [10, 10, 10] };
    expect(strategy.update(second.state, { epoch: 2, classes: 3, measured: other }).knobs).to.deep.equal(
      second.knobs,
    );
  });
});
