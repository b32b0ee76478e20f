import { defineComponent, type Component, type Dataset, type OfficialFile } from '@ard/core';
import { chosenAugmentation, md5 } from '@ard/data';
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
 * The archive's md5 stands on its authors' page; those of the Python files are torchvision's; the binary training
 * files were hashed here, from copies whose git blob ids are those of the official files.
 */
const official: readonly (readonly OfficialFile[])[] = [
  [
    ['data_batch_1.bin', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'],
    ['data_batch_2.bin', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'],
    ['data_batch_3.bin', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'],
    ['data_batch_4.bin', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'],
    ['data_batch_5.bin', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'],
  ].map(([name, digest]) => ({ name: name!, checksum: { algorithm: 'sha256', digest: digest! } })),
  [
    ['data_batch_1', 'c99cafc152244af753f735de768cd75f'],
    ['data_batch_2', 'd4bba439e000b95fd0a9bffe97cbabec'],
    ['data_batch_3', '54ebc095f3ab1f0389bbae665268c751'],
    ['data_batch_4', '634d18415352ddfa80567beed471001a'],
    ['data_batch_5', '482c414d41f54cd18b22e5b47cb7c3cb'],
    ['test_batch', '40351d587109b95175f43aff81a1287e'],
  ].map(([name, digest]) => ({ name: name!, checksum: md5(digest!) })),
];

/**
 * CIFAR-10 (Krizhevsky 2009): 32 x 32 colour images of ten classes. Training images are cropped and flipped as in
 * methods.md 1.1; pixels stay in [0, 1], since networks normalise inside.
 */
export const cifar10: Component = defineComponent({
  kind: 'dataset',
  id: 'cifar10',
  summary: 'CIFAR-10: 32 x 32 colour photographs, 10 classes, from the binary or the Python files',
  origin: {
    recognise: (names) => names.some((name) => /^data_batch_\d+(\.bin)?$/.test(name)),
    official,
    downloads: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
        checksum: md5('c32a1d4ab5d03f1284b67883e8d87530'),
        archive: 'tar.gz',
      },
    ],
  },
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
