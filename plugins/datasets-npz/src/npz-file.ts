import { open, type FileHandle } from 'node:fs/promises';
import { constants, inflateRawSync } from 'node:zlib';
import { ArchiveBytes } from '@ard/checkpoints';
import { ArdError, fileError, isArdError } from '@ard/core';
import { fromRandomAccessReaderPromise, type Entry } from 'yauzl';
import { longestHeader, MalformedArray, npyHeader, valueBytes, type NpyHeader } from './npy-array.js';

interface Opened {
  readonly zip: Awaited<ReturnType<typeof fromRandomAccessReaderPromise>>;
  readonly file: FileHandle;
  readonly size: number;
}

/** Deflate cannot do better than this. */
const largestCompressionRatio = 1032;
const largestArray = 2 ** 32 - 1;
/** Operating systems read less than 2 GiB at once. */
const largestRead = 2 ** 30;
const stored = 0;
const deflated = 8;
const mostArrays = 1000;

/** The arrays of an open `.npz` file. */
export interface NpzArrays {
  readonly names: readonly string[];
  header(name: string): Promise<NpyHeader>;
  values(name: string): Promise<{ readonly header: NpyHeader; readonly bytes: Buffer }>;
}

/**
 * Opens a file of `numpy.savez` or `savez_compressed`, hands it to `read` and closes it. Arrays are unpacked one by
 * one, never more of them than their headers announce and the compressed size explains.
 *
 * @throws ArdError naming the file, and the array where one is at fault
 */
export async function withNpz<Result>(
  path: string,
  read: (arrays: NpzArrays) => Promise<Result>,
): Promise<Result> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    return await read(await openArrays(file, size));
  } catch (error) {
    if (isArdError(error)) throw error;
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw fileError('read', path, error);
    const what =
      error instanceof MalformedArray
        ? error.message
        : 'is truncated or damaged: its zip archive cannot be read';
    throw new ArdError(`${path} ${what}`, {
      remedy: 'Write it with numpy.savez(path, images=…, labels=…) of plain arrays.',
      cause: error,
    });
  } finally {
    await file?.close();
  }
}

async function openArrays(file: FileHandle, size: number): Promise<NpzArrays> {
  const zip = await fromRandomAccessReaderPromise(new ArchiveBytes(file, size), size, { autoClose: false });
  if (zip.entryCount > mostArrays) throw new MalformedArray(`holds ${zip.entryCount} files`);
  const opened = { zip, file, size };
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('.npy')) entries.set(entry.fileName.slice(0, -4), entry);
  }
  const find = (name: string): Entry => {
    const entry = entries.get(name);
    if (!entry) throw new MalformedArray(`has no array ${name}`);
    return entry;
  };
  return {
    names: [...entries.keys()],
    header: async (name) =>
      await named(name, async () => npyHeader(await unpack(opened, find(name), longestHeader))),
    values: async (name) =>
      await named(name, async () => {
        const entry = find(name);
        const whole = entry.uncompressedSize;
        if (whole > Math.min(largestArray, entry.compressedSize * largestCompressionRatio)) {
          throw new MalformedArray(`announces ${whole} bytes, more than it can hold`);
        }
        const content = await unpack(opened, entry, whole);
        const header = npyHeader(content);
        if (content.length - header.begin !== valueBytes(header)) {
          throw new MalformedArray(
            `has ${content.length - header.begin} bytes of values instead of ${valueBytes(header)}`,
          );
        }
        return { header, bytes: content.subarray(header.begin) };
      }),
  };
}

async function named<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MalformedArray) || error.message.startsWith('has no array')) throw error;
    throw new MalformedArray(`holds an array ${name} that ${error.message}`);
  }
}

/** At most so many bytes of a file in the archive. */
async function unpack({ zip, file, size }: Opened, entry: Entry, most: number): Promise<Buffer> {
  if (entry.isEncrypted()) throw new MalformedArray('is encrypted');
  const { compressionMethod: method, compressedSize } = entry;
  if (method !== stored && method !== deflated) throw new MalformedArray('is compressed in an unknown way');
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  // the beginning of an array is within the beginning of its packed bytes
  const wanted = most === longestHeader ? Math.min(compressedSize, longestHeader) : compressedSize;
  if (fileDataStart + wanted > size) throw new MalformedArray('is truncated');
  const packed = Buffer.alloc(wanted);
  for (let at = 0; at < wanted;) {
    const { bytesRead } = await file.read(packed, at, Math.min(wanted - at, largestRead), fileDataStart + at);
    if (bytesRead === 0) throw new MalformedArray('is truncated');
    at += bytesRead;
  }
  if (method === stored) return packed;
  try {
    // a beginning may unpack to a thousand times its size, which is little
    const options =
      most === longestHeader
        ? { finishFlush: constants.Z_SYNC_FLUSH }
        : { maxOutputLength: Math.max(most, 1) };
    return inflateRawSync(packed, options);
  } catch (cause) {
    throw new MalformedArray(`cannot be unpacked (${(cause as Error).message})`, { cause });
  }
}
