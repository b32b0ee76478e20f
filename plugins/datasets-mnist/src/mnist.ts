import { basename } from 'node:path';
import { ArdError, defineComponent, type Component, type LabelledImages, type Split } from '@ard/core';
import {
  augmentationOptions,
  checkLabels,
  chosenAugmentation,
  findFile,
  fingerprint,
  readIdx,
} from '@ard/data';
import { z } from 'zod';

const side = 28;
const shape = { height: side, width: side, channels: 1 };
const filePrefix = { train: 'train', test: 't10k' } as const;

/** Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): grey pictures of clothes. */
export const fashionMnist = idxDataset('fashion-mnist', 'Fashion-MNIST: 28 x 28 grey pictures of clothes', [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
]);

/** MNIST (LeCun et al. 1998): grey pictures of handwritten digits. */
export const mnist = idxDataset(
  'mnist',
  'MNIST: 28 x 28 grey pictures of handwritten digits',
  Array.from({ length: 10 }, (_, digit) => String(digit)),
);

/** No augmentation unless asked for, as in methods.md 1.1. */
function idxDataset(id: string, summary: string, classNames: readonly string[]): Component {
  return defineComponent({
    kind: 'dataset',
    id,
    summary: `${summary}, 10 classes, from idx files`,
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
