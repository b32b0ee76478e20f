import { hostArray, type HostArray } from '@ard/core';

/** `count` rows of one value. */
export function filled(count: number, value: number): HostArray {
  return hostArray(new Float32Array(count).fill(value), [count]);
}
