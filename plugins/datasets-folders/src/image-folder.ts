import { join, resolve } from 'node:path';
import { ArdError, defineComponent, type Component, type Dataset, type Split } from '@ard/core';
import { augmentationOptions, chosenAugmentation } from '@ard/data';
import { z } from 'zod';
import { listFolders, listImages } from './list-images.js';
import { corruptImages, loadFiles, type LabelledFile } from './load-files.js';

const layout = 'a folder per class, or train and test with a folder per class in each';
/** Names that folders of the splits go by. */
const splitFolders: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  test: ['test', 'testing', 'val', 'valid', 'validation'],
};

/**
 * One's own pictures: a folder per class. With folders `train` and `test` these are the splits; without, every so
 * many images of each class are taken for testing, the same ones on every machine.
 */
export const imageFolder: Component = defineComponent({
  kind: 'dataset',
  id: 'image-folder',
  summary: 'your own PNG, JPEG or WebP images, one folder per class',
  origin: {
    recognise: (names) =>
      !names.includes('wnids.txt') &&
      names.includes('train') &&
      !names.includes('meta') &&
      !names.some(isFile),
  },
  options: z.object({
    directory: z.string().default('data/images').describe(`folder with ${layout}`),
    size: z.int().min(8).max(256).default(32).describe('height and width of the images in pixels, 8 to 256'),
    fit: z
      .enum(['cover', 'contain', 'fill', 'exact'])
      .default('cover')
      .describe(
        'how other sizes come to this one: cover crops the longer side, contain adds black, fill distorts, exact refuses',
      ),
    channels: z
      .union([z.literal(1), z.literal(3)])
      .default(3)
      .describe('3 for colour, 1 for grey'),
    testEvery: z
      .int()
      .min(2)
      .max(100)
      .default(5)
      .describe(
        'without folders for train and test: every so many-th image of a class is for testing, 2 to 100',
      ),
    cache: z
      .boolean()
      .default(true)
      .describe('keep the decoded images in the cache folder; they are decoded anew when a file changes'),
    ...augmentationOptions({ cropPadding: 4, paddingMode: 'zero', flip: true }),
  }),
  async create({ directory, size, fit, channels, testEvery, cache, ...changes }): Promise<Dataset> {
    const shape = { height: size, width: size, channels };
    const { folders, classNames } = await findLayout(directory);
    const filesOf = async (split: Split): Promise<readonly LabelledFile[]> => {
      const files: LabelledFile[] = [];
      for (const [label, name] of classNames.entries()) {
        const all = await imagesOfClass(join(folders?.[split] ?? directory, name));
        const own = folders
          ? all
          : all.filter((_, at) => (at % testEvery === testEvery - 1) === (split === 'test'));
        files.push(...own.map((file) => ({ file, label })));
      }
      return files;
    };
    return {
      shape,
      classNames,
      augmentation: chosenAugmentation(changes),
      async load(split) {
        const options = { shape, classNames, fit, cache };
        return await loadFiles(folders?.[split] ?? directory, await filesOf(split), options);
      },
      corrupt: async (split) => await corruptImages(await filesOf(split), shape, fit),
    };
  },
});

/** What lies beside folders in a folder of images is none of them. */
function isFile(name: string): boolean {
  return /\.(bin|mat|npz|gz)$/.test(name);
}

/** A class that one of the splits lacks has no images there. */
async function imagesOfClass(folder: string): Promise<readonly string[]> {
  return await listImages(folder).catch((error: unknown) => {
    if (error instanceof ArdError && error.message.includes('no such folder')) return [];
    throw error;
  });
}

async function findLayout(
  directory: string,
): Promise<{ folders: Readonly<Record<Split, string>> | undefined; classNames: readonly string[] }> {
  const names = await listFolders(directory, layout);
  const find = (split: Split): string | undefined => splitFolders[split].find((name) => names.includes(name));
  const [train, test] = [find('train'), find('test')];
  if ((train === undefined) !== (test === undefined)) {
    const missing = train === undefined ? 'train' : 'test';
    throw new ArdError(`${resolve(directory)} has a folder ${train ?? test} and none for ${missing}`, {
      remedy: `Add the folder ${missing}, or move the classes up one level to have images of each set apart for testing.`,
    });
  }
  const folders =
    train !== undefined && test !== undefined
      ? { train: join(directory, train), test: join(directory, test) }
      : undefined;
  const classNames = folders ? await listFolders(folders.train, 'a folder per class') : names;
  if (classNames.length < 2) {
    throw new ArdError(
      `${resolve(folders?.train ?? directory)} has ${classNames.length} folders of classes`,
      {
        remedy: `Name a folder with ${layout} with --data-dir.`,
      },
    );
  }
  if (folders) {
    const strange = (await listFolders(folders.test, 'a folder per class')).filter(
      (name) => !classNames.includes(name),
    );
    if (strange.length > 0) {
      throw new ArdError(`${resolve(folders.test)} has the class ${strange[0]}, which training has not`, {
        remedy: 'Both folders must have the same classes; check the spelling.',
      });
    }
  }
  return { folders, classNames };
}
