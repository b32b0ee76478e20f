import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArdError } from '@ard/core';

const knownNames = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/**
 * Names by label, from `batches.meta.txt` where the folder has one.
 *
 * @throws ArdError when that file does not name ten classes
 */
export async function cifar10ClassNames(directory: string): Promise<readonly string[]> {
  const file = join(directory, 'batches.meta.txt');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    // the file is a convenience; missing images are reported when they are loaded
    return knownNames;
  }
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== knownNames.length || new Set(names).size !== names.length) {
    throw new ArdError(`${file} names ${new Set(names).size} classes, expected ${knownNames.length}`, {
      remedy: 'Delete it to use the usual names, or name the folder of CIFAR-10 with --data-dir.',
    });
  }
  return names;
}
