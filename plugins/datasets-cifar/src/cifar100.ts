import { defineComponent, type Component, type Dataset } from '@ard/core';
import { chosenAugmentation, md5 } from '@ard/data';
import { z } from 'zod';
import { commonOptions, loadCifar, shape, type CifarKind } from './cifar-dataset.js';
import { cifar100CoarseNames, cifar100FineNames, namesFrom } from './class-names.js';

const files: CifarKind['files'] = {
  train: { binary: /^train\.bin$/, python: /^train$/ },
  test: { binary: /^test\.bin$/, python: /^test$/ },
};

const kinds: Readonly<Record<'fine' | 'coarse', CifarKind>> = {
  fine: { id: 'cifar100', classes: 100, files, labelBytes: 2, labelIndex: 1, labelKey: 'fine_labels' },
  coarse: { id: 'cifar100', classes: 20, files, labelBytes: 2, labelIndex: 0, labelKey: 'coarse_labels' },
};

/** CIFAR-100 (Krizhevsky 2009): 32 x 32 colour images of 100 classes, or of the 20 groups that these are in. */
export const cifar100: Component = defineComponent({
  kind: 'dataset',
  id: 'cifar100',
  summary: 'CIFAR-100: 32 x 32 colour photographs, 100 classes or 20 coarse ones',
  origin: {
    recognise: (names) =>
      (names.includes('train.bin') && names.includes('test.bin')) ||
      (names.includes('train') && names.includes('test') && names.includes('meta')),
    official: [
      [
        { name: 'train.bin', checksum: md5('6172c7755cfe09b2fe270c85cebc1b15') },
        { name: 'test.bin', checksum: md5('4499cfba6c016c1be1438163640a0898') },
      ],
      // as torchvision has them
      [
        { name: 'train', checksum: md5('16019d7e3df5f24257cddd939b257f8d') },
        { name: 'test', checksum: md5('f0ef6b0ae62326f3e7ffdfab6717acfc') },
      ],
    ],
    // its md5 stands on its authors' page
    downloads: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
        checksum: md5('03b5dce01913d631647c71ecec9e9cb8'),
        archive: 'tar.gz',
      },
    ],
  },
  options: z.object({
    directory: z
      .string()
      .default('data/cifar-100-binary')
      .describe('folder with train.bin and test.bin, or with train and test of the Python version'),
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .describe('the 100 classes, or the 20 groups of five classes each'),
    ...commonOptions,
  }),
  async create({ directory, labels, ...changes }): Promise<Dataset> {
    const known = labels === 'fine' ? cifar100FineNames : cifar100CoarseNames;
    const classNames = await namesFrom(directory, `${labels}_label_names.txt`, known);
    return {
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      load: (split) => loadCifar(directory, split, kinds[labels], classNames),
    };
  },
});
