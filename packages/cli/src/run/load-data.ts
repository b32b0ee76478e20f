import { randomStream, type BatchSource, type Dataset, type LabelledImages } from '@ard/core';
import type { Composition } from '@ard/core/host';
import { batchSource, classCounts, limitSamples, splitPerClass, threadsWorth } from '@ard/data';

export interface RunData {
  readonly images: Pick<LabelledImages, 'shape' | 'classNames' | 'fingerprint'>;
  readonly batches: BatchSource;
  readonly validation: BatchSource | undefined;
  readonly test: BatchSource;
  readonly testImages: LabelledImages;
  /** One line per split: where it came from and how much there is. */
  readonly sources: readonly string[];
  /** Ends the threads that prepare batches. */
  close(): Promise<void>;
}

/** Reads both splits and cuts them into batches as the configuration says. */
export async function loadData(composition: Composition): Promise<RunData> {
  const { dataset, config, heldOut } = composition;
  const { trainSamples, testSamples, batchSize, seed, augment, dataWorkers } = config.training.values;
  const all = await dataset.load('train');
  const chosen = trainSamples === undefined ? all : limitSamples(all, trainSamples);
  const split = heldOut ? holdOut(chosen, heldOut) : { training: chosen, heldOut: undefined };
  const random = randomStream(seed).derive('batches');
  const test = await loadTest(dataset, testSamples, config.evaluation.values.batchSize);
  const batches = batchSource({
    images: split.training,
    batchSize,
    random,
    shuffle: true,
    workers: threadsWorth(dataWorkers, batchSize, chosen.shape),
    ...(augment ? { augmentation: dataset.augmentation } : {}),
  });
  return {
    images: chosen,
    batches,
    validation: split.heldOut && inOrder(split.heldOut, config.evaluation.values.batchSize),
    test: test.batches,
    testImages: test.images,
    sources: [
      `training images: ${split.training.source}`,
      ...(split.heldOut ? [`held-out images: ${split.heldOut.source}`] : []),
      `test images: ${test.images.source}`,
    ],
    close: () => batches.close(),
  };
}

/** As many images per class as asked for, but no more than a tenth of the smallest class. */
function holdOut(
  images: LabelledImages,
  { perClass, from }: NonNullable<Composition['heldOut']>,
): ReturnType<typeof splitPerClass> {
  const most = Math.max(1, Math.floor(Math.min(...classCounts(images)) / 10));
  return splitPerClass(images, Math.min(perClass, most), from);
}

/** The test split alone, for evaluations. */
export async function loadTest(
  dataset: Dataset,
  limit: number | undefined,
  batchSize: number,
): Promise<{ readonly images: LabelledImages; readonly batches: BatchSource }> {
  const all = await dataset.load('test');
  const images = limit === undefined ? all : limitSamples(all, limit);
  return { images, batches: inOrder(images, batchSize) };
}

/** Batches of all images as they lie. */
export function inOrder(images: LabelledImages, batchSize: number): BatchSource {
  return batchSource({ images, batchSize, random: randomStream(0), shuffle: false });
}
