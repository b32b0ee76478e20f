import type { FileHandle } from 'node:fs/promises';
import { fromRandomAccessReaderPromise, type Entry } from 'yauzl';
import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { readBytes } from '../read-bytes.js';
import { shown } from '../shown.js';
import { ArchiveBytes } from './archive-bytes.js';
import { bigEndian } from './big-endian.js';
import { largestPickle, pytorchHost, type PytorchFile } from './pytorch-file.js';
import { StorageTable } from './storage-table.js';
import { unpickle } from './unpickle.js';

/** A file per storage: more than any network has. */
const mostEntries = 100_000;

/**
 * Opens the format of PyTorch since 1.6: a zip archive of uncompressed files, `NAME/data.pkl` with the structure and
 * `NAME/data/KEY` with the elements of each storage.
 *
 * @throws MalformedFile
 */
export async function openZip(file: FileHandle, fileBytes: number): Promise<PytorchFile> {
  const archive = await readArchive(file, fileBytes);
  const pickles = [...archive.names()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw new MalformedFile('it is a zip archive, but not one of PyTorch');
  const folder = pickles[0]!.replace('data.pkl', '');
  await checkByteOrder(archive, file, `${folder}byteorder`);

  const storages = new StorageTable(fileBytes);
  const { begin, bytes } = await archive.find(`${folder}data.pkl`);
  if (bytes > largestPickle) throw new MalformedFile(`its pickle of ${bytes} bytes is too long`);
  const pickle = new Uint8Array(await readBytes(file, begin, begin + bytes));
  const { value } = unpickle(pickle, pytorchHost(storages));
  return {
    content: value,
    locate: async ({ key, elements, elementType }) => {
      const found = await archive.find(`${folder}data/${key}`);
      const needed = elements * elementTypes[elementType]!.bytes;
      if (found.bytes !== needed) {
        throw new MalformedFile(`its storage ${shown(key)} has ${found.bytes} bytes instead of ${needed}`);
      }
      return found.begin;
    },
  };
}

interface Archive {
  names(): Iterable<string>;
  /** Where an uncompressed file lies, inside the archive. */
  find(name: string): Promise<{ readonly begin: number; readonly bytes: number }>;
}

async function readArchive(file: FileHandle, fileBytes: number): Promise<Archive> {
  const entries = new Map<string, Entry>();
  const zip = await checked(async () => {
    const reader = new ArchiveBytes(file, fileBytes);
    const opened = await fromRandomAccessReaderPromise(reader, fileBytes, { autoClose: false });
    if (opened.entryCount > mostEntries) throw new MalformedFile(`it has ${opened.entryCount} files inside`);
    for await (const entry of opened.eachEntry()) {
      if (entries.has(entry.fileName)) {
        throw new MalformedFile(`it has ${shown(entry.fileName)} inside twice`);
      }
      entries.set(entry.fileName, entry);
    }
    return opened;
  });
  return {
    names: () => entries.keys(),
    find: async (name) => {
      const entry = entries.get(name);
      if (!entry) throw new MalformedFile(`it lacks ${shown(name)}`);
      // what is stored as it is cannot be larger than the file: no zip bomb
      if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
        throw new MalformedFile(`${shown(name)} inside is compressed or encrypted, which PyTorch never does`);
      }
      const { fileDataStart } = await checked(() => zip.readLocalFileHeaderPromise(entry, { minimal: true }));
      return { begin: fileDataStart, bytes: entry.uncompressedSize };
    },
  };
}

/** What the zip library finds wrong is wrong with the file; errors of the file system pass. */
async function checked<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MalformedFile || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new MalformedFile('it is truncated or damaged: its zip directory cannot be read');
  }
}

async function checkByteOrder(archive: Archive, file: FileHandle, name: string): Promise<void> {
  if (![...archive.names()].includes(name)) return; // before PyTorch 2.1
  const { begin, bytes } = await archive.find(name);
  const order = Buffer.from(await readBytes(file, begin, begin + Math.min(bytes, 16))).toString('latin1');
  if (order.trim() !== 'little') throw bigEndian();
}
