import { join, resolve } from 'node:path';
import { ArdError } from '@ard/core';
import { listDirectory } from './list-directory.js';

/**
 * The file of a dataset that goes by one of several names.
 *
 * @param names in order of preference
 * @throws ArdError naming what was looked for and where, when there is none of them
 */
export async function findFile(directory: string, names: readonly string[]): Promise<string> {
  const present = new Set(await listDirectory(directory, names.join(' or ')));
  const found = names.find((name) => present.has(name));
  if (found === undefined) {
    throw new ArdError(`No ${names.join(' or ')} in ${resolve(directory)}`, {
      remedy: 'Name the folder that holds the files of this dataset with --data-dir.',
    });
  }
  return join(directory, found);
}
