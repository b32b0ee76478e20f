import type { RandomStream } from '@ard/core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/** What the attacks here need to know about a norm. All but `boundaryNoise` is traced. */
export interface Norm {
  /** As options and descriptions call it. */
  readonly name: 'linf' | 'l2';
  /** Points on the boundary of the ball of radius 1, `[ids.length, size]`; row i depends on `ids[i]` only. */
  boundaryNoise(random: RandomStream, ids: Int32Array, size: number): Float32Array;
  /** The move of length 1 that raises a loss with this gradient most. */
  ascent(gradient: Tensor4D): Tensor4D;
  /** Into the ball of radius `epsilon` `[batch]` around each image first, into [0, 1] second. */
  project(iterate: Tensor4D, images: Tensor4D, epsilon: Tensor1D): Tensor4D;
  /** `[batch]`. */
  length(difference: Tensor4D): Tensor1D;
  /** Length of a gradient in the dual norm, `[batch]`: how fast a loss can rise per unit moved. */
  dualLength(gradient: Tensor4D): Tensor1D;
  /**
   * The shortest move inside [0, 1] from each point onto the hyperplane on which `normal · x` is smaller by
   * `excess` `[batch]` (of either sign) than at the point; where the box has no such place, the move into the
   * corner nearest to it.
   */
  toHyperplane(points: Tensor4D, normal: Tensor4D, excess: Tensor1D): Tensor4D;
}
