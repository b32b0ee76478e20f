import type { Augmentation, ImageShape } from '@ard/core';
import { augmentBatch, changesImages, imagesToFloat, type AugmentationDraws } from './augment-batch.js';

/** A data set as threads share it. */
export interface DecodedSet {
  /** `[count, height, width, channels]` in shared memory. */
  readonly images: Uint8Array;
  readonly shape: ImageShape;
  readonly augmentation: Augmentation | undefined;
}

/** One batch to prepare. Order and chance were decided where the batch is asked for, whoever does the work. */
export interface BatchRequest {
  readonly ids: Int32Array;
  /** Absent where images stay as they are. */
  readonly draws: AugmentationDraws | undefined;
}

/** The pixels of a batch, float32 in [0, 1]; a pure function, the same in every thread. */
export function preparePixels(
  { images, shape, augmentation }: DecodedSet,
  { ids, draws }: BatchRequest,
): Float32Array {
  return draws && changesImages(augmentation)
    ? augmentBatch(images, shape, ids, augmentation, draws)
    : imagesToFloat(images, shape, ids);
}
