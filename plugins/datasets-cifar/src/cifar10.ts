import { basename, join } from 'node:path';
import { defineComponent, type Component, type Dataset, type LabelledImages, type Split } from '@ard/core';
import { readCifarRecords } from '@ard/data';
import { z } from 'zod';
import { cifar10ClassNames } from './class-names.js';
import { recordFiles } from './record-files.js';

const options = z.object({
  directory: z
    .string()
    .default('data/cifar-10-batches-bin')
    .describe('folder with data_batch_*.bin and test_batch.bin (or test_batch_*.bin with fewer records)'),
  cropPadding: z
    .int()
    .min(0)
    .max(16)
    .default(4)
    .describe('training images are padded by this many pixels and cropped at random, 0 to 16; 0 is no crop'),
  paddingMode: z
    .enum(['zero', 'reflect'])
    .default('zero')
    .describe('what the padding holds: zero in most papers, reflect in CFA and in Rice et al. 2020'),
  flip: z.boolean().default(true).describe('flip training images left to right with probability 0.5'),
});

const shape = { height: 32, width: 32, channels: 3 };

/**
 * CIFAR-10 (Krizhevsky 2009): 32 x 32 colour images of ten classes. Training images are cropped and flipped as in
 * methods.md 1.1; pixels stay in [0, 1], since networks normalise inside.
 */
export const cifar10: Component = defineComponent({
  kind: 'dataset',
  id: 'cifar10',
  summary: 'CIFAR-10: 32 x 32 colour photographs, 10 classes, from the binary files',
  options,
  async create({ directory, cropPadding, paddingMode, flip }): Promise<Dataset> {
    const classNames = await cifar10ClassNames(directory);
    return {
      shape,
      classNames,
      augmentation: { cropPadding, paddingMode, flip },
      load: (split) => load(directory, split, classNames),
    };
  },
});

async function load(directory: string, split: Split, classNames: readonly string[]): Promise<LabelledImages> {
  const names = await recordFiles(directory, split);
  const files = names.map((name) => join(directory, name));
  const { images, labels, count, fingerprint } = await readCifarRecords(files, classNames.length);
  const places = names.length === 1 ? names[0]! : `${names.length} files, ${names[0]!} to ${names.at(-1)!}`;
  const source = `${count.toLocaleString('en')} records in ${places} of ${basename(directory)}`;
  return { shape, classNames, images, labels, count, source, fingerprint };
}
