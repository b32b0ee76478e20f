import {
  ArdError,
  hostArray,
  type Augmentation,
  type Batch,
  type BatchSource,
  type LabelledImages,
  type RandomStream,
} from '@ard/core';
import { changesImages, drawAugmentation } from './augment-batch.js';
import { startBatchWorkers } from './batch-workers.js';
import { classCounts } from './class-counts.js';
import { epochOrders } from './epoch-orders.js';
import { limitSamples } from './limit-samples.js';
import { preparePixels, type BatchRequest } from './prepare-pixels.js';
import { inSharedMemory } from './shared-bytes.js';

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
  /** Threads that prepare batches ahead of the caller; 0, as when absent, is the caller's own thread. */
  readonly workers?: number;
  /** What the threads run; for tests. */
  readonly workerEntry?: URL;
}

/**
 * Cuts a dataset into batches. Order and augmentation are functions of (random, epoch, example), so a batch can be
 * asked for at any time and in any order, and is the same whichever thread prepared it; the last incomplete batch of
 * an epoch is kept. Batches after the one asked for last are prepared while the caller computes.
 *
 * @throws ArdError for a batch size below 1, no images, or padding that the images cannot reflect
 */
export function batchSource(options: BatchSourceOptions): BatchSource & { close(): Promise<void> } {
  const { batchSize, random, shuffle, augmentation, workers: threads = 0 } = options;
  checkOptions(options);
  const images = options.limit === undefined ? options.images : limitSamples(options.images, options.limit);
  const { shape } = images;
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  const orders = epochOrders(images.count, shuffle ? random : undefined);
  const decoded = {
    images: threads > 0 ? inSharedMemory(images.images) : images.images,
    shape,
    augmentation,
  };
  const workers = threads > 0 ? startBatchWorkers(threads, decoded, options.workerEntry) : undefined;
  /** How many batches are kept ahead: one for each thread, and one more so that none waits for the next order. */
  const depth = threads + 1;
  const ahead = new Map<string, Promise<Batch>>();

  function requestOf(epoch: number, step: number): BatchRequest {
    const ids = orders(epoch).slice(step * batchSize, (step + 1) * batchSize);
    return {
      ids,
      draws: changesImages(augmentation)
        ? drawAugmentation(ids, augmentation, random.derive('augment', epoch))
        : undefined,
    };
  }

  function toBatch(ids: Int32Array, pixels: Float32Array): Batch {
    const labels = Int32Array.from(ids, (id) => images.labels[id]!);
    return {
      images: hostArray(pixels, [ids.length, shape.height, shape.width, shape.channels]),
      labels: hostArray(labels, [ids.length]),
      ids,
    };
  }

  function make(epoch: number, step: number): Batch {
    const request = requestOf(epoch, step);
    return toBatch(request.ids, preparePixels(decoded, request));
  }

  /** In a thread; where none has started, after the caller has begun its own work on the batch just returned. */
  async function makeLater(epoch: number, step: number): Promise<Batch> {
    if (workers?.ready) {
      const request = requestOf(epoch, step);
      return toBatch(request.ids, await workers.prepare(request));
    }
    return await new Promise((resolve) => setImmediate(() => resolve(make(epoch, step))));
  }

  /** The next ones in order; into the next epoch only where another one follows, which shuffling tells. */
  function following(epoch: number, step: number): readonly (readonly [epoch: number, step: number])[] {
    return Array.from({ length: depth }, (_, index) => {
      const next = step + 1 + index;
      return [epoch + Math.floor(next / stepsPerEpoch), next % stepsPerEpoch] as const;
    }).filter(([later]) => later === epoch || shuffle);
  }

  function prepareAhead(epoch: number, step: number): void {
    const wanted = new Map(following(epoch, step).map((next) => [next.join(), next]));
    for (const key of ahead.keys()) if (!wanted.has(key)) ahead.delete(key);
    // without threads only one is made at a time: the caller's own work has to get its turn
    for (const [key, [nextEpoch, nextStep]] of [...wanted].slice(0, workers?.ready ? depth : 1)) {
      if (ahead.has(key)) continue;
      const batch = makeLater(nextEpoch, nextStep);
      batch.catch(() => undefined); // told to whoever asks for it
      ahead.set(key, batch);
    }
  }

  return {
    count: images.count,
    stepsPerEpoch,
    classCounts: classCounts(images),
    async batch(epoch, step) {
      if (!(step >= 0 && step < stepsPerEpoch)) {
        throw new RangeError(`batch: step ${step} of an epoch of ${stepsPerEpoch} steps`);
      }
      const ready = ahead.get(`${epoch},${step}`) ?? make(epoch, step);
      prepareAhead(epoch, step);
      return await ready;
    },
    async close() {
      ahead.clear();
      await workers?.close();
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
