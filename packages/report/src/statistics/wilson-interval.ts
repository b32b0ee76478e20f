import type { Interval } from './interval.js';

/** 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * 95 % confidence interval of a rate (Wilson 1927), which stays inside [0, 1] and is sensible at 0 and 1 correct.
 *
 * @returns fractions; NaN without examples
 */
export function wilsonInterval(correct: number, count: number): Interval {
  const rate = correct / count;
  const shrink = 1 + (z * z) / count;
  const centre = (rate + (z * z) / (2 * count)) / shrink;
  const half = (z * Math.sqrt((rate * (1 - rate)) / count + (z * z) / (4 * count * count))) / shrink;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
