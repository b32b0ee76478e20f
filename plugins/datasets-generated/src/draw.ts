import type { RandomStream } from '@ard/core';

/** The next number of one image, uniform in [low, high). */
export type Draw = (low: number, high: number) => number;

/** More than any recipe uses. */
const drawsPerImage = 64;

/** Deals the numbers of a stream out one after the other. */
export function dealer(random: RandomStream): Draw {
  const values = random.uniform(drawsPerImage);
  let next = 0;
  return (low, high) => low + values[next++]! * (high - low);
}
