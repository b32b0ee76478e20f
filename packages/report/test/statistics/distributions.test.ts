import { expect } from 'chai';
import fc from 'fast-check';
import { histogram } from '../../src/statistics/histogram.js';
import { leastSteps } from '../../src/statistics/least-steps.js';

describe('histogram', () => {
  it('counts samples in the same round bins, with an edge at 0', () => {
    const { edges, counts } = histogram([[-1.2, 0, 0.4, 0.5], [2.3]], 7);
    expect(edges).to.deep.equal([-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5]);
    expect(counts).to.deep.equal([
      [1, 0, 0, 2, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 1],
    ]);
  });

  it('loses no value and has few bins, whatever the values are', () => {
    const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(fc.array(numbers), (values) => {
        const { edges, counts } = histogram([values]);
        expect(counts[0]!.reduce((sum, count) => sum + count, 0)).to.equal(values.length);
        expect(counts[0]!).to.have.length(Math.max(0, edges.length - 1));
        expect(counts[0]!.length).to.be.at.most(64);
      }),
    );
  });

  it('copes with nothing, with one value, and leaves out what is no number', () => {
    expect(histogram([[]])).to.deep.equal({ edges: [], counts: [[]] });
    expect(histogram([[3, 3, NaN, Infinity]]).counts).to.deep.equal([[2]]);
  });
});

describe('leastSteps', () => {
  it('tells broken at a step from broken, robust, and wrong without attack', () => {
    const verdict = { index: 0, label: 1, cleanPrediction: 1, cleanMargin: 1, attackedMargin: -1 };
    const broken = { ...verdict, attackedPrediction: 0, brokenBy: 'pgd:s' };
    expect(
      leastSteps([
        { ...broken, brokenAtStep: 3 },
        { ...broken, brokenAtStep: 0 },
        { ...broken, brokenAtStep: 3 },
        broken,
        { ...verdict, attackedPrediction: 1 },
        { ...verdict, cleanPrediction: 0, attackedPrediction: 0 },
      ]),
    ).to.deep.equal({ broken: [1, 0, 0, 2], robust: 1, wrong: 1, untold: 1 });
  });
});
