import { basename } from 'node:path';
import {
  ArdError,
  defineComponent,
  type Component,
  type DatasetOrigin,
  type LabelledImages,
  type Split,
} from '@ard/core';
import {
  augmentationOptions,
  checkLabels,
  chosenAugmentation,
  findFile,
  md5,
  fingerprint,
  readIdx,
} from '@ard/data';
import { z } from 'zod';

const side = 28;
const shape = { height: side, width: side, channels: 1 };
const filePrefix = { train: 'train', test: 't10k' } as const;

/** The four files: md5 as published, and SHA-256 of what they unpack to where known. */
function originOf(
  base: string,
  files: readonly (readonly [stem: string, md5: string, sha256?: string])[],
): DatasetOrigin {
  const official = files.map(([stem, digest, unpackedSha256]) => ({
    name: `${stem}-ubyte.gz`,
    checksum: md5(digest),
    ...(unpackedSha256 === undefined ? {} : { unpackedSha256 }),
  }));
  return {
    recognise: (names) => names.some((name) => /^(train|t10k)-images[.-]idx3-ubyte(\.gz)?$/.test(name)),
    official: [official],
    downloads: official.map(({ name, checksum }) => ({ url: `${base}/${name}`, checksum })),
  };
}

/** md5 as on its authors' page; SHA-256 from copies whose git blob ids are those of the official files. */
const fashionOrigin = originOf(
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion',
  [
    [
      'train-images-idx3',
      '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    ],
    [
      'train-labels-idx1',
      '25c81989df183df01b3e8a0aad5dffbe',
      'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    ],
    [
      't10k-images-idx3',
      'bef4ecab320f06d8554ea6380940ec79',
      '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    ],
    [
      't10k-labels-idx1',
      'bb300cfdad3c16e7a12a480ee83cd310',
      '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    ],
  ],
);

/** From PyTorch's mirror, since the authors' page asks for a password; md5 as torchvision has it. */
const mnistOrigin = originOf('https://ossci-datasets.s3.amazonaws.com/mnist', [
  ['train-images-idx3', 'f68b3c2dcbeaaa9fbdd348bbdeb94873'],
  ['train-labels-idx1', 'd53e105ee54ea40749a09fcbcd1e9432'],
  ['t10k-images-idx3', '9fb629c4189551a2d022fa330f9573f3'],
  ['t10k-labels-idx1', 'ec29112dd5afa0611ce80d1b7f02629c'],
]);

/** Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): grey pictures of clothes. */
export const fashionMnist = idxDataset(
  'fashion-mnist',
  'Fashion-MNIST: 28 x 28 grey pictures of clothes',
  fashionOrigin,
  ['T-shirt/top', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
);

/** MNIST (LeCun et al. 1998): grey pictures of handwritten digits. */
export const mnist = idxDataset(
  'mnist',
  'MNIST: 28 x 28 grey pictures of handwritten digits',
  mnistOrigin,
  Array.from({ length: 10 }, (_, digit) => String(digit)),
);

/** No augmentation unless asked for, as in methods.md 1.1. */
function idxDataset(
  id: string,
  summary: string,
  origin: DatasetOrigin,
  classNames: readonly string[],
): Component {
  return defineComponent({
    kind: 'dataset',
    id,
    summary: `${summary}, 10 classes, from idx files`,
    origin,
    options: z.object({
      directory: z
        .string()
        .default(`data/${id}`)
        .describe('folder with the train and t10k files, train-images-idx3-ubyte(.gz) and so on'),
      ...augmentationOptions({ cropPadding: 0, paddingMode: 'zero', flip: false }),
    }),
    create: ({ directory, ...changes }) => ({
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      load: (split) => load(directory, split, classNames),
    }),
  });
}

async function load(directory: string, split: Split, classNames: readonly string[]): Promise<LabelledImages> {
  const imageFile = await findFile(directory, fileNames(`${filePrefix[split]}-images`, 'idx3-ubyte'));
  const labelFile = await findFile(directory, fileNames(`${filePrefix[split]}-labels`, 'idx1-ubyte'));
  const labels = await readIdx(labelFile, [undefined]);
  const images = await readIdx(imageFile, [undefined, side, side]);
  const count = labels.shape[0]!;
  if (images.shape[0] !== count) {
    throw new ArdError(
      `${imageFile} holds ${images.shape[0]} images, but ${labelFile} holds ${count} labels`,
      {
        remedy: 'The two files do not belong together; fetch both again.',
      },
    );
  }
  checkLabels(labels.data, classNames.length, labelFile);
  return {
    shape,
    classNames,
    images: images.data,
    labels: labels.data,
    count,
    source: `${count.toLocaleString('en')} records in ${basename(imageFile)} of ${basename(directory)}`,
    fingerprint: fingerprint(images.data, labels.data),
  };
}

/** The official name first, then as it is often renamed; gzipped or not. */
function fileNames(stem: string, kind: string): readonly string[] {
  return [`${stem}-${kind}`, `${stem}-${kind}.gz`, `${stem}.${kind}`, `${stem}.${kind}.gz`];
}
