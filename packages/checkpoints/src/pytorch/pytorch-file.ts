import type { PickleValue } from './pickle-value.js';
import { knownGlobal } from './known-globals.js';
import type { PickleHost } from './pickle-machine.js';
import type { StorageTable } from './storage-table.js';
import type { StorageReference } from './tensor-view.js';

/** A file whose pickle was read, but none of its numbers. */
export interface PytorchFile {
  readonly content: PickleValue;
  /**
   * Where the first element of a storage lies in the file; all of the storage is inside the file.
   *
   * @throws MalformedFile when it is missing or of another size
   */
  locate(storage: StorageReference): Promise<number>;
}

/** Longer pickles are of no network: the largest ones need about 100 bytes per tensor. */
export const largestPickle = 16 * 2 ** 20;

/** What a pickle may ask for: the known globals and storages. */
export function pytorchHost(storages: StorageTable): PickleHost {
  return { global: knownGlobal, persistent: (id) => storages.add(id) };
}
