import { createHash } from 'node:crypto';
import type { LabelledImages } from '@ard/core';
import { classCounts } from './class-counts.js';

/** What two splits of a data set have to say about each other. */
export interface SplitComparison {
  /** Examples per class. */
  readonly trainCounts: readonly number[];
  readonly testCounts: readonly number[];
  /** Images that are there more than once, counted without the first. */
  readonly duplicatesInTrain: number;
  readonly duplicatesInTest: number;
  /** Test images that are, byte for byte, training images as well. */
  readonly testInTrain: number;
  /** Equal images with different labels, over both splits. */
  readonly contradictions: number;
}

/** Counts, gaps and images that are equal byte for byte. */
export function compareSplits(train: LabelledImages, test: LabelledImages): SplitComparison {
  const inTrain = new Map<string, number>();
  const inTest = new Map<string, number>();
  let contradictions = 0;
  const count = (images: LabelledImages, own: Map<string, number>, others: Map<string, number>): number => {
    const size = images.images.length / images.count;
    let repeated = 0;
    for (let index = 0; index < images.count; index++) {
      const key = createHash('sha1')
        .update(images.images.subarray(index * size, (index + 1) * size))
        .digest('base64');
      const label = images.labels[index]!;
      const known = own.get(key) ?? others.get(key);
      if (known !== undefined && known !== label) contradictions++;
      if (own.has(key)) repeated++;
      else own.set(key, label);
    }
    return repeated;
  };
  const duplicatesInTrain = count(train, inTrain, inTest);
  const duplicatesInTest = count(test, inTest, inTrain);
  return {
    trainCounts: classCounts(train),
    testCounts: classCounts(test),
    duplicatesInTrain,
    duplicatesInTest,
    testInTrain: [...inTest.keys()].filter((key) => inTrain.has(key)).length,
    contradictions,
  };
}
