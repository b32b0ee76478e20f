import type { FileHandle } from 'node:fs/promises';
import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { readBytes } from '../read-bytes.js';
import { shown } from '../shown.js';
import { bigEndian } from './big-endian.js';
import { TruncatedPickle } from './pickle-cursor.js';
import type { PickleHost } from './pickle-machine.js';
import type { PickleValue } from './pickle-value.js';
import { largestPickle, pytorchHost, type PytorchFile } from './pytorch-file.js';
import { StorageTable } from './storage-table.js';
import { unpickle } from './unpickle.js';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const formatVersion = 1001;

/** Pickles do not say how long they are: most end in the first of these. */
const windows = [2 ** 18, largestPickle];

/**
 * Opens the format of PyTorch before 1.6: pickles of a magic number, a version, facts about the machine, the
 * structure, and the keys of the storages; then each storage, as a 64-bit count of its elements and the elements.
 *
 * @throws MalformedFile
 */
export async function openLegacy(file: FileHandle, fileBytes: number): Promise<PytorchFile> {
  const storages = new StorageTable(fileBytes);
  const host = pytorchHost(storages);
  let at = 0;
  const next = async (): Promise<PickleValue> => {
    const { value, length } = await readPickle(file, at, fileBytes, host);
    at += length;
    return value;
  };

  if ((await next()) !== magicNumber) throw new MalformedFile('it is a pickle, but not one of PyTorch');
  const version = await next();
  if (version !== formatVersion) throw new MalformedFile('it has an unknown version of the format');
  const machine = await next();
  if (!(machine instanceof Map)) throw new MalformedFile('its pickle is damaged');
  if (machine.get('little_endian') !== true) throw bigEndian();
  const content = await next();
  const keys = await next();
  const begins = await locateAll(file, fileBytes, at, keys, storages);
  return {
    content,
    locate: ({ key }) => {
      const begin = begins.get(key);
      if (begin === undefined) throw new MalformedFile(`it lacks the storage ${shown(key)}`);
      return Promise.resolve(begin);
    },
  };
}

async function readPickle(
  file: FileHandle,
  at: number,
  fileBytes: number,
  host: PickleHost,
): Promise<{ value: PickleValue; length: number }> {
  for (const window of windows) {
    const end = Math.min(at + window, fileBytes);
    const bytes = new Uint8Array(await readBytes(file, at, end));
    try {
      return unpickle(bytes, host);
    } catch (error) {
      if (!(error instanceof TruncatedPickle) || end === fileBytes) throw error;
    }
  }
  throw new MalformedFile(`its pickle is longer than ${largestPickle} bytes`);
}

/** Where each storage begins. */
async function locateAll(
  file: FileHandle,
  fileBytes: number,
  start: number,
  keys: PickleValue,
  { storages }: StorageTable,
): Promise<ReadonlyMap<string, number>> {
  if (!Array.isArray(keys)) throw new MalformedFile('its pickle is damaged');
  const begins = new Map<string, number>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || begins.has(storage.key)) throw new MalformedFile('its list of storages is damaged');
    if (at + 8 > fileBytes) throw new MalformedFile('it is truncated: some of its storages are missing');
    const count = new DataView(await readBytes(file, at, at + 8)).getBigInt64(0, true);
    if (count !== BigInt(storage.elements)) {
      throw new MalformedFile(
        `its storage ${shown(storage.key)} has ${count} elements instead of ${storage.elements}`,
      );
    }
    begins.set(storage.key, at + 8);
    at += 8 + storage.elements * elementTypes[storage.elementType]!.bytes;
    if (at > fileBytes)
      throw new MalformedFile(`it is truncated: its storage ${shown(storage.key)} has no end`);
  }
  return begins;
}
