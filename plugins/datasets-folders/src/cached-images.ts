import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@ard/core';
import { cacheFolder, fingerprint, sharedBytes } from '@ard/data';

/** Operating systems read and write less than 2 GiB at once. */
const largestTransfer = 2 ** 30;

/**
 * Decoded images from the cache, or made and put there. An entry is named by everything that decides its content: the
 * files with their sizes and times of change, and how they are decoded. A damaged entry is made again.
 *
 * @param settings of the decoding; any plain data
 */
export async function cachedImages(
  directory: string,
  files: readonly string[],
  settings: unknown,
  decode: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const stamps = await Promise.all(files.map(stamp));
  const key = createHash('sha256')
    .update(JSON.stringify([directory, files, stamps, settings]))
    .digest('hex');
  const path = join(cacheFolder(), 'datasets', `${key.slice(0, 32)}.images`);
  const found = await readEntry(path);
  if (found) return found;
  const images = await decode();
  await writeEntry(path, images);
  return images;
}

async function stamp(file: string): Promise<readonly [number, number]> {
  const { size, mtimeMs } = await stat(file).catch((cause: unknown) => {
    throw fileError('read', file, cause);
  });
  return [size, mtimeMs];
}

/** @returns undefined when there is none, or it is not what was written */
async function readEntry(path: string): Promise<Uint8Array | undefined> {
  try {
    const { bytes, sha256 } = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Record<string, unknown>;
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size !== bytes) return undefined;
      const images = sharedBytes(size);
      for (let at = 0; at < size;) {
        const { bytesRead } = await file.read(images, at, Math.min(size - at, largestTransfer), at);
        if (bytesRead === 0) return undefined;
        at += bytesRead;
      }
      return fingerprint(images) === sha256 ? images : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written costs time, and is no reason to stop. */
async function writeEntry(path: string, images: Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    const file = await open(part, 'w');
    try {
      for (let at = 0; at < images.length; at += largestTransfer) {
        await file.writeFile(images.subarray(at, at + largestTransfer));
      }
    } finally {
      await file.close();
    }
    await rename(part, path);
    await writeFile(`${path}.json`, JSON.stringify({ bytes: images.length, sha256: fingerprint(images) }));
  } catch {
    await rm(part, { force: true });
  }
}
