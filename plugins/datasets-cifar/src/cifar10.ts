import { defineComponent, type Component, type Dataset } from '@ard/core';
import { chosenAugmentation } from '@ard/data';
import { z } from 'zod';
import { commonOptions, loadCifar, shape, type CifarKind } from './cifar-dataset.js';
import { cifar10ClassNames, namesFrom } from './class-names.js';

const kind: CifarKind = {
  id: 'cifar10',
  classes: 10,
  files: {
    train: { binary: /^data_batch_(\d+)\.bin$/, python: /^data_batch_(\d+)$/, many: true },
    test: { binary: /^test_batch.*\.bin$/, python: /^test_batch$/, preferred: 'test_batch.bin' },
  },
  labelBytes: 1,
  labelIndex: 0,
  labelKey: 'labels',
};

/**
 * CIFAR-10 (Krizhevsky 2009): 32 x 32 colour images of ten classes. Training images are cropped and flipped as in
 * methods.md 1.1; pixels stay in [0, 1], since networks normalise inside.
 */
export const cifar10: Component = defineComponent({
  kind: 'dataset',
  id: 'cifar10',
  summary: 'CIFAR-10: 32 x 32 colour photographs, 10 classes, from the binary or the Python files',
  options: z.object({
    directory: z
      .string()
      .default('data/cifar-10-batches-bin')
      .describe(
        'folder with data_batch_*.bin and test_batch.bin (or test_batch_*.bin with fewer records), or with' +
          ' data_batch_* and test_batch of the Python version',
      ),
    ...commonOptions,
  }),
  async create({ directory, ...changes }): Promise<Dataset> {
    const classNames = await namesFrom(directory, 'batches.meta.txt', cifar10ClassNames);
    return {
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      load: (split) => loadCifar(directory, split, kind, classNames),
    };
  },
});
