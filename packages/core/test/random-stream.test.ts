import { expect } from 'chai';
import fc from 'fast-check';
import { randomStream } from '../src/random-stream.js';

const moments = (values: Float32Array): { mean: number; variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};

describe('randomStream', () => {
  it('is a pure function of its keys: no state, so a resumed run draws the same numbers', () => {
    const stream = randomStream(3).derive('attack', 7, 2);
    const again = randomStream(3).derive('attack', 7, 2);
    expect(stream.normal(9)).to.deep.equal(stream.normal(9));
    expect(stream.permutation(50)).to.deep.equal(again.permutation(50));
  });

  it('gives other numbers for another seed, purpose, epoch or step, seed 0 included', () => {
    const streams = [
      randomStream(0),
      randomStream(1),
      randomStream(0).derive('a'),
      randomStream(0).derive('b'),
      randomStream(0).derive('a', 1),
      randomStream(0).derive('a', '1'),
      randomStream(0).derive('a', 1, 0),
      randomStream(0).derive('a1'),
    ];
    const first = streams.map((stream) => stream.uniform(4).join());
    expect(new Set(first).size).to.equal(streams.length);
  });

  it('draws uniform numbers with the right mean and variance, inside the half-open interval', () => {
    const values = randomStream(0).uniform(200_000, -2, 3);
    const { mean, variance } = moments(values);
    expect(mean).to.be.closeTo(0.5, 0.01);
    expect(variance).to.be.closeTo(25 / 12, 0.02);
    expect(values.every((value) => value >= -2 && value < 3)).to.equal(true);
  });

  it('keeps small intervals half-open where float32 rounds up', () => {
    const epsilon = Math.fround(8 / 255);
    const values = randomStream(1).uniform(100_000, 1, 1 + epsilon);
    expect(values.every((value) => value >= 1 && value < 1 + epsilon)).to.equal(true);
  });

  it('draws Gaussians with the right moments and tails', () => {
    const values = randomStream(5).normal(200_000, 1, 2);
    const { mean, variance } = moments(values);
    expect(mean).to.be.closeTo(1, 0.02);
    expect(variance).to.be.closeTo(4, 0.05);
    const beyond = values.filter((value) => Math.abs(value - 1) > 2 * 1.959964).length / values.length;
    expect(beyond).to.be.closeTo(0.05, 0.003);
  });

  it('draws neighbouring streams that are not correlated', () => {
    const a = randomStream(0).derive('noise', 1).normal(50_000);
    const b = randomStream(0).derive('noise', 2).normal(50_000);
    const correlation = a.reduce((sum, value, index) => sum + value * b[index]!, 0) / a.length;
    expect(Math.abs(correlation)).to.be.lessThan(0.02);
  });

  it('gives an example its row whatever batch it is in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100_000), { minLength: 1, maxLength: 8 }), (ids) => {
        const stream = randomStream(0).derive('start');
        const together = stream.normalRows(ids, 5);
        const alone = ids.flatMap((id) => Array.from(stream.normalRows([id], 5)));
        expect(Array.from(together)).to.deep.equal(alone);
      }),
    );
  });

  it('permutes: every number once, every position equally likely', () => {
    const places = new Array<number>(5).fill(0);
    for (let epoch = 0; epoch < 5000; epoch++) {
      const order = randomStream(0).derive('order', epoch).permutation(5);
      expect([...order].sort()).to.deep.equal([0, 1, 2, 3, 4]);
      places[order.indexOf(0)]!++;
    }
    for (const count of places) expect(count).to.be.closeTo(1000, 120);
  });

  it('draws integers below the bound', () => {
    const counts = new Array<number>(3).fill(0);
    for (const value of randomStream(2).integers(30_000, 3)) counts[value]!++;
    for (const count of counts) expect(count).to.be.closeTo(10_000, 350);
  });
});
