import { expect } from 'chai';
import fc from 'fast-check';
import { holm } from '../../src/statistics/holm.js';
import { mcnemar } from '../../src/statistics/mcnemar.js';

describe('mcnemar', () => {
  it('agrees with scipy 1.17 (binomtest(b, b + c, 0.5).pvalue), with few and with many discordant samples', () => {
    const values = [
      [10, 25, 0.016673847800120715],
      [3, 12, 0.03515625],
      [0, 8, 0.0078125],
      [5, 5, 1],
      [1, 9, 0.021484375],
      [121, 59, 4.4344492637551645e-6],
      [700, 800, 0.010559255466711506],
    ] as const;
    for (const [first, second, pValue] of values) {
      expect(mcnemar(first, second).pValue / pValue).to.be.closeTo(1, 1e-9);
    }
  });

  it('finds nothing where the two never differ, and does not care which is first', () => {
    expect(mcnemar(0, 0)).to.deep.equal({ pValue: 1, discordant: 0, test: 'exact binomial' });
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (first, second) => {
        const { pValue } = mcnemar(first, second);
        expect(pValue).to.be.within(0, 1);
        expect(mcnemar(second, first).pValue).to.equal(pValue);
      }),
    );
  });
});

describe('holm', () => {
  it('adjusts as by hand: 0.01, 0.04, 0.03 and 0.02 of four tests', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.02]);
    [0.04, 0.06, 0.06, 0.06].forEach((value, index) => expect(adjusted[index]).to.be.closeTo(value, 1e-12));
  });

  it('never falls below the value, never exceeds 1, and leaves out what was not tested', () => {
    expect(holm([0.6, NaN, 0.7])).to.deep.equal([1, NaN, 1]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (values) => {
        holm(values).forEach((adjusted, index) => expect(adjusted).to.be.within(values[index]!, 1));
      }),
    );
  });
});
