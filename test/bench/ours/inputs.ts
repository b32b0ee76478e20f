import { hostArray, randomStream, type Batch } from '@ard/core';

/** Random images with labels in turn. */
export function makeBatch(count: number, size: number): Batch {
  const values = count * size * size * 3;
  return {
    images: hostArray(randomStream(2).uniform(values, 0, 1), [count, size, size, 3]),
    labels: hostArray(
      Int32Array.from({ length: count }, (_, index) => index % 10),
      [count],
    ),
    ids: Int32Array.from({ length: count }, (_, index) => index),
  };
}
