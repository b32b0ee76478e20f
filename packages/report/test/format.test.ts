import { expect } from 'chai';
import { formatEpsilon } from '../src/format-epsilon.js';
import { formatCount, formatPercent } from '../src/format-number.js';

describe('formatEpsilon', () => {
  it('writes radii as fractions of 255, from float32 too', () => {
    expect([8 / 255, Math.fround(8 / 255), 1 / 255, 0.5 / 255].map(formatEpsilon)).to.deep.equal([
      '8/255',
      '8/255',
      '1/255',
      '0.5/255',
    ]);
  });

  it('does not pretend that 0.031 is 8/255, and keeps the 0.3 of MNIST', () => {
    expect([0.031, 0.3, 0.1, 0, 1].map(formatEpsilon)).to.deep.equal(['0.031', '0.3', '0.1', '0', '1']);
  });
});

describe('formatPercent and formatCount', () => {
  it('show one decimal, a dash for no number, and thousands', () => {
    expect([formatPercent(0.4567), formatPercent(NaN), formatCount(10000)]).to.deep.equal([
      '45.7',
      '–',
      '10,000',
    ]);
  });
});
