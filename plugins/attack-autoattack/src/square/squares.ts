import type { HostArray, ImageShape, NdArray, RandomStream, TracedAttackBatch } from '@ard/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Examples } from '../search/search.js';

/** The Square attack's way of changing images in one norm. */
export interface Squares {
  /** Images at the edge of the ball to begin with, cut to [0, 1]. */
  start(examples: Examples, random: RandomStream): Promise<HostArray>;
  /** Side of the window, given the side that the schedule asks for. */
  side(scheduled: number, shape: Pick<ImageShape, 'height' | 'width'>): number;
  /** Numbers of one change, `[batch, …]` each but for scalars; row i depends on `ids[i]` only. */
  draw(
    side: number,
    ids: Int32Array,
    shape: ImageShape,
    random: RandomStream,
  ): Readonly<Record<string, NdArray>>;
  /** The changed images, inside the ball and [0, 1]. Traced. */
  change(
    best: tf.Tensor4D,
    batch: Pick<TracedAttackBatch, 'images' | 'epsilon'>,
    drawn: Readonly<Record<string, tf.Tensor>>,
  ): tf.Tensor4D;
}
