import type { HostArray } from './nd-array.js';

/** A batch as networks take it. */
export interface Batch {
  /** float32 `[batch, height, width, channels]` in [0, 1]. */
  readonly images: HostArray;
  /** int32 `[batch]`. */
  readonly labels: HostArray;
  /** Index of each example in its split; keys its random numbers. */
  readonly ids: Int32Array;
}

/** Batches as a pure function of (epoch, step), so that a resumed run sees what the first one would have. */
export interface BatchSource {
  readonly count: number;
  /** The last one of an epoch may be smaller. */
  readonly stepsPerEpoch: number;
  batch(epoch: number, step: number): Promise<Batch>;
  /** Examples per class. */
  readonly classCounts: readonly number[];
}
