import { basename } from 'node:path';
import {
  ArdError,
  defineComponent,
  type Component,
  type Dataset,
  type LabelledImages,
  type Split,
} from '@ard/core';
import { augmentationOptions, chosenAugmentation, fingerprint } from '@ard/data';
import { z } from 'zod';
import { findArrays, type SplitArrays } from './find-arrays.js';
import { MalformedArray, numbersOf } from './npy-array.js';
import { withNpz } from './npz-file.js';
import { imageArray, toBytes, type ImageArray, type Layout } from './to-bytes.js';

/** Labels are bytes or 32-bit numbers; more classes than this are a mistake. */
const mostClasses = 100_000;

/** Images and labels that Python wrote with `numpy.savez`. */
export const npz: Component = defineComponent({
  kind: 'dataset',
  id: 'npz',
  summary: 'images and labels in NumPy arrays (.npz), any size, bytes or numbers in [0, 1]',
  origin: { recognise: (names) => names.includes('train.npz') && names.includes('test.npz') },
  options: z.object({
    directory: z
      .string()
      .default('data/data.npz')
      .describe(
        'folder with train.npz and test.npz, or one .npz file with arrays such as x_train and x_test',
      ),
    images: z.string().default('').describe('name of the array of images; the usual names when empty'),
    labels: z.string().default('').describe('name of the array of labels; the usual names when empty'),
    layout: z
      .enum(['auto', 'nhwc', 'nchw'])
      .default('auto')
      .describe('axis of the channels: last (nhwc), first (nchw), or the one that has 1 or 3'),
    classNames: z
      .array(z.string().trim().min(1))
      .default([])
      .describe('names of the classes by label; their numbers when empty'),
    ...augmentationOptions({ cropPadding: 0, paddingMode: 'zero', flip: false }),
  }),
  async create({ directory, images, labels, layout, classNames: named, ...changes }): Promise<Dataset> {
    const find = (split: Split): Promise<SplitArrays> => findArrays(directory, split, { images, labels });
    const places = { train: await find('train'), test: await find('test') };
    const { shape } = await describe(places.train, layout);
    const classNames = await classNamesOf(places, named);
    return {
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      load: async (split) => {
        const found = await describe(places[split], layout);
        if (JSON.stringify(found.shape) !== JSON.stringify(shape)) {
          const shown = ({ shape: own }: ImageArray): string =>
            `${own.height} x ${own.width} x ${own.channels}`;
          throw new ArdError(
            `Images for ${split} are ${shown(found)}, those for training ${shown({ ...found, shape })}`,
            { remedy: `Write both in one size (${places[split].file}).` },
          );
        }
        return await load(places[split], found, classNames);
      },
    };
  },
});

async function describe({ file, images }: SplitArrays, layout: Layout | 'auto'): Promise<ImageArray> {
  return await withNpz(file, async (arrays) => {
    const header = await arrays.header(images);
    try {
      return imageArray(header, layout);
    } catch (error) {
      throw error instanceof MalformedArray
        ? new MalformedArray(`holds an array ${images} that ${error.message}`)
        : error;
    }
  });
}

async function load(
  { file, images, labels }: SplitArrays,
  found: ImageArray,
  classNames: readonly string[],
): Promise<LabelledImages> {
  const chosen = await readLabels(file, labels);
  if (chosen.length !== found.count) {
    throw new ArdError(`${file} holds ${found.count} images, but ${chosen.length} labels`, {
      remedy: 'Both arrays must have the same length.',
    });
  }
  const wrong = chosen.findIndex((label) => label >= classNames.length);
  if (wrong >= 0) {
    throw new ArdError(
      `${file}: label ${chosen[wrong]} of image ${wrong} has no name; there are ${classNames.length}`,
      {
        remedy: 'Name all classes in dataset.classNames, or none.',
      },
    );
  }
  const pixels = await withNpz(file, async (arrays) => {
    const { header, bytes } = await arrays.values(images);
    try {
      return toBytes(header, bytes, found);
    } catch (error) {
      throw error instanceof MalformedArray
        ? new MalformedArray(`holds an array ${images} that ${error.message}`)
        : error;
    }
  });
  return {
    shape: found.shape,
    classNames,
    images: pixels,
    labels: chosen,
    count: found.count,
    source: `${found.count.toLocaleString('en')} images in ${images} of ${basename(file)}`,
    fingerprint: fingerprint(pixels, new Uint8Array(chosen.buffer)),
  };
}

/** `[count]` or `[count, 1]` whole numbers. */
async function readLabels(file: string, name: string): Promise<Int32Array> {
  return await withNpz(file, async (arrays) => {
    const { header, bytes } = await arrays.values(name);
    const { shape } = header;
    if (shape.length < 1 || shape.length > 2 || (shape[1] ?? 1) !== 1) {
      throw new MalformedArray(
        `holds labels of shape ${shape.join(' x ')}; one whole number per image is expected`,
      );
    }
    const values = numbersOf(header, bytes);
    for (let index = 0; index < values.length; index++) {
      const label = values[index]!;
      if (!Number.isInteger(label) || label < 0 || label >= mostClasses) {
        throw new MalformedArray(
          `holds the label ${label} of image ${index} (counted from 0); labels count up from 0`,
        );
      }
    }
    return Int32Array.from(values);
  });
}

async function classNamesOf(
  places: Readonly<Record<Split, SplitArrays>>,
  named: readonly string[],
): Promise<readonly string[]> {
  if (named.length > 0) {
    if (named.length >= 2 && new Set(named).size === named.length) return named;
    throw new ArdError(
      `dataset.classNames names ${new Set(named).size} different classes of ${named.length}`,
      {
        remedy: 'Give each class a name of its own.',
      },
    );
  }
  let classes = 2;
  for (const { file, labels } of Object.values(places)) {
    for (const label of await readLabels(file, labels)) classes = Math.max(classes, label + 1);
  }
  return Array.from({ length: classes }, (_, label) => String(label));
}
