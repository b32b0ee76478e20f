import { expect } from 'chai';
import fc from 'fast-check';
import { randomStream } from '@ard/core';
import { bootstrapIntervals } from '../../src/statistics/bootstrap.js';
import { wilsonInterval } from '../../src/statistics/wilson-interval.js';

describe('wilsonInterval', () => {
  it('gives the intervals that Newcombe (1998, table I, method 3) prints', () => {
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [correct, count, low, high] of published) {
      const interval = wilsonInterval(correct, count);
      expect(interval.low).to.be.closeTo(low, 5e-5);
      expect(interval.high).to.be.closeTo(high, 5e-5);
    }
  });

  it('agrees with scipy 1.17 (binomtest(k, n).proportion_ci, wilson) to float64', () => {
    const { low, high } = wilsonInterval(50, 100);
    expect(low).to.be.closeTo(0.4038315303659956, 1e-14);
    expect(high).to.be.closeTo(0.5961684696340044, 1e-14);
    expect(wilsonInterval(20, 20).low).to.be.closeTo(0.8388748419471808, 1e-14);
  });

  it('stays inside [0, 1], holds the rate and mirrors when right and wrong change places', () => {
    const counts = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (count, part) => {
        const correct = Math.round(part * count);
        const { low, high } = wilsonInterval(correct, count);
        expect(low).to.be.within(0, correct / count + 1e-12);
        expect(high).to.be.within(correct / count - 1e-12, 1);
        expect(wilsonInterval(count - correct, count).low).to.be.closeTo(1 - high, 1e-12);
      }),
    );
  });

  it('has no interval without examples', () => {
    expect(wilsonInterval(0, 0).low).to.be.NaN;
  });
});

describe('bootstrapIntervals', () => {
  const rate = (correct: number, count: number, seed = 3, resamples = 4000) =>
    bootstrapIntervals([[correct, count - correct]], ([counts]) => [counts![0]! / count], {
      resamples,
      random: randomStream(seed),
    })[0]!;

  it('of a rate approaches the quantiles of the binomial distribution, its closed form', () => {
    // scipy 1.17: binom.ppf([.025, .975], n, p) / n
    for (const [count, correct, low, high] of [
      [100, 24, 0.16, 0.33],
      [40, 20, 0.35, 0.65],
      [1000, 900, 0.881, 0.918],
    ] as const) {
      const interval = rate(correct, count);
      // quantiles of 4,000 resamples may miss by the step of the rate
      expect(interval.low).to.be.closeTo(low, 1.01 / count);
      expect(interval.high).to.be.closeTo(high, 1.01 / count);
    }
  });

  it('has the spread of the closed form: the standard error of a rate is √(p(1−p)/n)', () => {
    const squares: number[] = [];
    bootstrapIntervals(
      [[60, 140]],
      ([counts]) => {
        squares.push((counts![0]! / 200 - 0.3) ** 2);
        return [0];
      },
      { resamples: 20000, random: randomStream(0) },
    );
    const error = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
    expect(error).to.be.closeTo(Math.sqrt((0.3 * 0.7) / 200), 4e-4);
  });

  it('keeps the size of every class, and resamples classes independently', () => {
    const drawn: (readonly [number, number])[] = [];
    const outcomes = [
      [30, 20, 10],
      [5, 0, 5],
    ];
    bootstrapIntervals(
      outcomes,
      (resample) => {
        expect(resample.map((counts) => counts.reduce((sum, count) => sum + count))).to.deep.equal([60, 10]);
        expect(resample[1]![1]).to.equal(0);
        drawn.push([resample[0]![0]!, resample[1]![0]!]);
        return [0];
      },
      { resamples: 2000, random: randomStream(1) },
    );
    const mean = (pick: (pair: readonly [number, number]) => number) =>
      drawn.reduce((sum, pair) => sum + pick(pair), 0) / drawn.length;
    const [a, b] = [mean(([first]) => first), mean(([, second]) => second)];
    const covariance = mean(([first, second]) => (first - a) * (second - b));
    // standard deviations 3.9 and 1.6: the covariance of 2,000 independent pairs is about ±0.14
    expect(Math.abs(covariance)).to.be.lessThan(0.5);
  });

  it('is a function of its seed', () => {
    expect(rate(30, 90, 5, 200)).to.deep.equal(rate(30, 90, 5, 200));
    expect(rate(310, 970, 5, 200)).not.to.deep.equal(rate(310, 970, 6, 200));
  });

  it('has no spread where nothing varies, and is NaN where a statistic is', () => {
    expect(rate(50, 50, 0, 200)).to.deep.equal({ low: 1, high: 1 });
    const [interval] = bootstrapIntervals([[]], () => [NaN], { resamples: 100, random: randomStream(0) });
    expect(interval!.low).to.be.NaN;
  });
});
