import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArdError, defineComponent, fileError, type Component, type Dataset } from '@ard/core';
import { augmentationOptions, chosenAugmentation, md5 } from '@ard/data';
import { z } from 'zod';
import { listFolders, listImages } from './list-images.js';
import { corruptImages, loadFiles, type LabelledFile } from './load-files.js';

const shape = { height: 64, width: 64, channels: 3 };
const remedy = 'Name the folder of Tiny-ImageNet (tiny-imagenet-200) with --data-dir.';

/**
 * Tiny-ImageNet: 64 x 64 colour photographs of 200 classes, 500 each. Its validation images are the test split, since
 * nobody outside has the labels of its test images. AdaAD pads by 4 before cropping, SAAD by 8 (methods.md 1.1).
 */
export const tinyImagenet: Component = defineComponent({
  kind: 'dataset',
  id: 'tiny-imagenet',
  summary: 'Tiny-ImageNet: 64 x 64 colour photographs, 200 classes, from its folder of JPEG files',
  origin: {
    recognise: (names) => names.includes('wnids.txt') && names.includes('val'),
    // as many loaders of this data set have it
    downloads: [
      {
        url: 'http://cs231n.stanford.edu/tiny-imagenet-200.zip',
        checksum: md5('90528d7ca1a48142e341f4ef8d21d0de'),
        archive: 'zip',
      },
    ],
  },
  options: z.object({
    directory: z
      .string()
      .default('data/tiny-imagenet-200')
      .describe('folder with wnids.txt, words.txt, train and val'),
    cache: z
      .boolean()
      .default(true)
      .describe('keep the decoded images in the cache folder (1.4 GB); decoding takes a minute or so'),
    ...augmentationOptions({ cropPadding: 4, paddingMode: 'zero', flip: true }),
  }),
  async create({ directory, cache, ...changes }): Promise<Dataset> {
    const ids = await classIds(directory);
    const classNames = await namesOf(directory, ids);
    return {
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      async load(split) {
        const files =
          split === 'train' ? await trainingFiles(directory, ids) : await validationFiles(directory, ids);
        return await loadFiles(directory, files, { shape, classNames, fit: 'exact', cache });
      },
      async corrupt(split) {
        const files =
          split === 'train' ? await trainingFiles(directory, ids) : await validationFiles(directory, ids);
        return await corruptImages(files, shape, 'exact');
      },
    };
  },
});

/** In the order of the labels: sorted, as folders are for users of PyTorch. */
async function classIds(directory: string): Promise<readonly string[]> {
  const text = await readText(join(directory, 'wnids.txt'));
  const ids = [
    ...new Set(text === undefined ? await listFolders(join(directory, 'train'), 'n01443537') : lines(text)),
  ];
  if (ids.length < 2) throw new ArdError(`${resolve(directory)} names ${ids.length} classes`, { remedy });
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

/** The first of the words for each class; its id where words.txt lacks it or two classes share the word. */
async function namesOf(directory: string, ids: readonly string[]): Promise<readonly string[]> {
  const text = (await readText(join(directory, 'words.txt'))) ?? '';
  const words = new Map(
    lines(text).map((line) => {
      const [id, names] = line.split('\t');
      return [id!, names?.split(',')[0]?.trim() ?? ''];
    }),
  );
  const names = ids.map((id) => words.get(id) || id);
  return names.map((name, label) => (names.indexOf(name) === names.lastIndexOf(name) ? name : ids[label]!));
}

async function trainingFiles(directory: string, ids: readonly string[]): Promise<readonly LabelledFile[]> {
  const files: LabelledFile[] = [];
  for (const [label, id] of ids.entries()) {
    const images = await listImages(join(directory, 'train', id));
    files.push(...images.map((file) => ({ file, label })));
  }
  return files;
}

/** From val_annotations.txt, or from folders per class, into which many sort them. */
async function validationFiles(directory: string, ids: readonly string[]): Promise<readonly LabelledFile[]> {
  const folder = join(directory, 'val');
  const annotations = join(folder, 'val_annotations.txt');
  const text = await readText(annotations);
  if (text === undefined) {
    const files = await Promise.all(
      ids.map(async (id, label) => (await listImages(join(folder, id))).map((file) => ({ file, label }))),
    );
    return files.flat();
  }
  return lines(text).map((line, index) => {
    const [name, id] = line.split('\t');
    const label = ids.indexOf(id ?? '');
    if (label < 0 || !/^[\w.-]+$/.test(name ?? '')) {
      throw new ArdError(`${annotations}: line ${index + 1} names no file and class of this data set`, {
        remedy: 'The file is damaged; fetch the data set again.',
      });
    }
    return { file: join(folder, 'images', name!), label };
  });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError('read', file, error);
  }
}

function lines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
