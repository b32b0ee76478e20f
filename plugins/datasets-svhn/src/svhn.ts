import { basename, join } from 'node:path';
import {
  ArdError,
  defineComponent,
  type Component,
  type Dataset,
  type LabelledImages,
  type Split,
} from '@ard/core';
import {
  augmentationOptions,
  chosenAugmentation,
  findFile,
  md5,
  fingerprint,
  readMat,
  sharedBytes,
  type MatMatrix,
} from '@ard/data';
import { z } from 'zod';

const side = 32;
const channels = 3;
const planeBytes = side * side;
const imageBytes = planeBytes * channels;
const shape = { height: side, width: side, channels };
const classNames = Array.from({ length: 10 }, (_, digit) => String(digit));

/** As torchvision has them. */
const official = {
  train: { name: 'train_32x32.mat', checksum: md5('e26dedcc434d2e4c54c9b2d4a06d8373') },
  test: { name: 'test_32x32.mat', checksum: md5('eb5a983be6a315427106f1b164d9cef3') },
  extra: { name: 'extra_32x32.mat', checksum: md5('a93ce644f1a588dc4d68dda5feec44a7') },
};

/**
 * SVHN (Netzer et al. 2011), format 2: 32 x 32 colour cut-outs of house numbers. No augmentation unless asked for:
 * papers differ, and what Fair-ARD did is unknown (methods.md 1.1).
 */
export const svhn: Component = defineComponent({
  kind: 'dataset',
  id: 'svhn',
  summary: 'SVHN: 32 x 32 colour photographs of house numbers, 10 digits, from the .mat files',
  origin: {
    recognise: (names) => names.includes('train_32x32.mat') || names.includes('test_32x32.mat'),
    official: [[official.train, official.test, official.extra]],
    downloads: [official.train, official.test].map(({ name, checksum }) => ({
      url: `http://ufldl.stanford.edu/housenumbers/${name}`,
      checksum,
    })),
  },
  options: z.object({
    directory: z.string().default('data/svhn').describe('folder with train_32x32.mat and test_32x32.mat'),
    extra: z
      .boolean()
      .default(false)
      .describe('train on the 531,131 easier images of extra_32x32.mat as well; takes 2 GB of memory'),
    ...augmentationOptions({ cropPadding: 0, paddingMode: 'zero', flip: false }),
  }),
  create: ({ directory, extra, ...changes }): Dataset => ({
    shape,
    classNames,
    augmentation: chosenAugmentation(changes),
    load: (split) => load(directory, filesOf(split, extra)),
  }),
});

function filesOf(split: Split, extra: boolean): readonly string[] {
  if (split === 'test') return ['test_32x32.mat'];
  return extra ? ['train_32x32.mat', 'extra_32x32.mat'] : ['train_32x32.mat'];
}

async function load(directory: string, names: readonly string[]): Promise<LabelledImages> {
  const parts: { readonly images: MatMatrix; readonly labels: Uint8Array }[] = [];
  for (const name of names) {
    await findFile(directory, [name]);
    parts.push(await readPart(join(directory, name)));
  }
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const images = sharedBytes(count * imageBytes);
  const labels = new Uint8Array(count);
  let first = 0;
  for (const part of parts) {
    labels.set(part.labels, first);
    rowMajor(part.images.data, images.subarray(first * imageBytes));
    first += part.labels.length;
  }
  return {
    shape,
    classNames,
    images,
    labels,
    count,
    source: `${count.toLocaleString('en')} images in ${names.join(' and ')} of ${basename(directory)}`,
    fingerprint: fingerprint(images, labels),
  };
}

async function readPart(file: string): Promise<{ images: MatMatrix; labels: Uint8Array }> {
  const matrices = await readMat(file, { X: [side, side, channels, undefined], y: [undefined, 1] });
  const images = matrices.get('X')!;
  const { data } = matrices.get('y')!;
  if (data.length !== images.shape[3]) {
    throw new ArdError(`${file} holds ${images.shape[3]} images, but ${data.length} labels`, {
      remedy: 'The file is damaged; fetch it again.',
    });
  }
  const wrong = data.findIndex((label) => label > 10);
  if (wrong >= 0) {
    throw new ArdError(
      `${file}: image ${wrong} (counted from 0) has label ${data[wrong]}; labels are 1 to 10`,
      {
        remedy: 'The file is damaged or holds another data set; fetch it again.',
      },
    );
  }
  // the files write the digit 0 as 10; rewritten ones have it as 0
  return { images, labels: data.map((label) => label % 10) };
}

/** From `[column][row]` in colour planes, image after image, to pixels. */
function rowMajor(source: Uint8Array, target: Uint8Array): void {
  for (let image = 0; image < source.length; image += imageBytes) {
    for (let channel = 0; channel < channels; channel++) {
      for (let column = 0; column < side; column++) {
        const from = image + channel * planeBytes + column * side;
        const to = image + column * channels + channel;
        for (let row = 0; row < side; row++) target[to + row * side * channels] = source[from + row]!;
      }
    }
  }
}
