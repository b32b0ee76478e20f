import {
  ArdError,
  hostArray,
  type Augmentation,
  type Batch,
  type BatchSource,
  type LabelledImages,
  type RandomStream,
} from '@ard/core';
import { augmentBatch, changesImages, drawAugmentation, imagesToFloat } from './augment-batch.js';
import { classCounts } from './class-counts.js';
import { limitSamples } from './limit-samples.js';

export interface BatchSourceOptions {
  readonly images: LabelledImages;
  /** At least 1. */
  readonly batchSize: number;
  /** The same stream gives the same batches. */
  readonly random: RandomStream;
  /** A new order each epoch; otherwise the order of the dataset. */
  readonly shuffle: boolean;
  /** Absent: images as they are. */
  readonly augmentation?: Augmentation;
  /** Use only so many images, balanced over the classes; see {@link limitSamples}. */
  readonly limit?: number;
}

/**
 * Cuts a dataset into batches. Order and augmentation are functions of (random, epoch, example), so a batch can be
 * asked for at any time and in any order; the last incomplete batch of an epoch is kept. The batch after the one
 * asked for last is prepared while the caller computes.
 *
 * @throws ArdError for a batch size below 1, no images, or padding that the images cannot reflect
 */
export function batchSource(options: BatchSourceOptions): BatchSource {
  const { batchSize, random, shuffle, augmentation } = options;
  checkOptions(options);
  const images = options.limit === undefined ? options.images : limitSamples(options.images, options.limit);
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  const inOrder = Int32Array.from({ length: images.count }, (_, index) => index);
  let shuffled: { readonly epoch: number; readonly order: Int32Array } | undefined;
  let ahead: { readonly epoch: number; readonly step: number; readonly batch: Promise<Batch> } | undefined;

  function orderOf(epoch: number): Int32Array {
    if (!shuffle) return inOrder;
    if (shuffled?.epoch !== epoch) {
      shuffled = { epoch, order: random.derive('order', epoch).permutation(images.count) };
    }
    return shuffled.order;
  }

  function make(epoch: number, step: number): Batch {
    const ids = orderOf(epoch).slice(step * batchSize, (step + 1) * batchSize);
    const pixels = changesImages(augmentation)
      ? augmentBatch(
          images.images,
          images.shape,
          ids,
          augmentation,
          drawAugmentation(ids, augmentation, random.derive('augment', epoch)),
        )
      : imagesToFloat(images.images, images.shape, ids);
    const { height, width, channels } = images.shape;
    return {
      images: hostArray(pixels, [ids.length, height, width, channels]),
      labels: hostArray(
        Int32Array.from(ids, (id) => images.labels[id]!),
        [ids.length],
      ),
      ids,
    };
  }

  function prepare(epoch: number, step: number): void {
    if (step >= stepsPerEpoch) return;
    // after the caller has started its own work on the batch just returned
    const batch = new Promise<Batch>((resolve) => setImmediate(() => resolve(make(epoch, step))));
    ahead = { epoch, step, batch };
  }

  return {
    count: images.count,
    stepsPerEpoch,
    classCounts: classCounts(images),
    async batch(epoch, step) {
      if (!(step >= 0 && step < stepsPerEpoch)) {
        throw new RangeError(`batch: step ${step} of an epoch of ${stepsPerEpoch} steps`);
      }
      const ready = ahead?.epoch === epoch && ahead.step === step ? ahead.batch : make(epoch, step);
      prepare(epoch, step + 1);
      return ready;
    },
  };
}

function checkOptions({ images, batchSize, augmentation }: BatchSourceOptions): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new ArdError(`The batch size must be a whole number of at least 1, got ${batchSize}`);
  }
  if (images.count === 0) {
    throw new ArdError(`There are no images to make batches of (${images.source})`);
  }
  const smallest = Math.min(images.shape.height, images.shape.width);
  if (augmentation?.paddingMode === 'reflect' && augmentation.cropPadding >= smallest) {
    throw new ArdError(
      `Reflecting ${augmentation.cropPadding} pixels takes images of more than that; these are ` +
        `${images.shape.height} x ${images.shape.width}`,
      { remedy: 'Choose less cropPadding or paddingMode zero.' },
    );
  }
}
