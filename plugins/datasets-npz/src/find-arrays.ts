import { stat } from 'node:fs/promises';
import { ArdError, fileError, type Split } from '@ard/core';
import { findFile } from '@ard/data';
import { withNpz } from './npz-file.js';

/** Where images and labels of a split are. */
export interface SplitArrays {
  readonly file: string;
  readonly images: string;
  readonly labels: string;
}

/** Names that are in use: our own, numpy's for arrays without name, those of Keras and of MedMNIST. */
const usual = {
  images: ['images', 'x', 'X', 'data', 'arr_0'],
  labels: ['labels', 'y', 'Y', 'targets', 'arr_1'],
} as const;

/**
 * Finds the arrays of a split: in `train.npz` and `test.npz` of a folder, or in one file, under names of their own.
 *
 * @param given names from the options; empty for the usual ones
 */
export async function findArrays(
  path: string,
  split: Split,
  given: { readonly images: string; readonly labels: string },
): Promise<SplitArrays> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    (error: unknown) => {
      throw fileError('read', path, error);
    },
  );
  const file = isFile
    ? path
    : await findFile(path, split === 'train' ? ['train.npz'] : ['test.npz', 'val.npz']);
  const names = await withNpz(file, ({ names: all }) => Promise.resolve(all));
  const find = (kind: keyof typeof usual): string => {
    const wanted = given[kind] !== '' ? [given[kind]] : usual[kind];
    const candidates = isFile
      ? wanted.flatMap((name) => ofSplit(name, split))
      : [...wanted, ...wanted.flatMap((name) => ofSplit(name, split))];
    const found = candidates.find((name) => names.includes(name));
    if (found !== undefined) return found;
    const shown = names.length > 0 ? names.slice(0, 10).join(', ') : 'nothing';
    throw new ArdError(
      `${file} has no ${kind} for ${split} (looked for ${candidates.join(', ')}; found ${shown})`,
      {
        remedy: `Name the array with --set dataset.${kind}=NAME.`,
      },
    );
  };
  return { file, images: find('images'), labels: find('labels') };
}

/** `x_train`, `train_x`; and for tests, where they are called validation. */
function ofSplit(name: string, split: Split): readonly string[] {
  const splits = split === 'train' ? ['train'] : ['test', 'val'];
  return splits.flatMap((part) => [`${name}_${part}`, `${part}_${name}`]);
}
