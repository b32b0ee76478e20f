import type { RandomStream } from '@ard/core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/** What an attack needs to know about a norm. A new norm is a new value of this type and touches no attack. */
export interface Ball {
  /** As descriptions call it: `linf`. */
  readonly norm: string;
  /** Points uniform in the ball of radius 1, `[ids.length, size]` row-major; row i depends on `ids[i]` only. */
  uniform(random: RandomStream, ids: Int32Array, size: number): Float32Array;
  /** The move of length 1 that raises the loss most, per example. Traced. */
  ascent(gradient: Tensor4D): Tensor4D;
  /** The nearest point to `iterate` in the ball around each image, `epsilon` `[batch]` being its radius. Traced. */
  project(iterate: Tensor4D, images: Tensor4D, epsilon: Tensor1D): Tensor4D;
}
