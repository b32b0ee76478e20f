import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { checkLabels } from './check-labels.js';

const side = 32;
const channels = 3;
const planeBytes = side * side;
const imageBytes = planeBytes * channels;
/** One label byte, then the red, green and blue plane. */
export const cifarRecordBytes = 1 + imageBytes;

export interface CifarRecords {
  /** `[count, 32, 32, 3]`. */
  readonly images: Uint8Array;
  /** `[count]`. */
  readonly labels: Uint8Array;
  readonly count: number;
  /** Records in each file, in the order given. */
  readonly counts: readonly number[];
  /** SHA-256 over the bytes of all files in order. */
  readonly fingerprint: string;
}

/**
 * Reads CIFAR-10 files in the binary layout, any number of whole records each, and turns the colour planes of
 * each record into interleaved pixels.
 *
 * @throws ArdError when a file is missing, is empty, ends within a record or has a label outside the range
 */
export async function readCifarRecords(files: readonly string[], classes: number): Promise<CifarRecords> {
  const counts = await Promise.all(files.map(countRecords));
  const count = counts.reduce((sum, records) => sum + records, 0);
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  const hash = createHash('sha256');
  let first = 0;
  for (const [index, file] of files.entries()) {
    const records = counts[index]!;
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw fileError('read', file, cause);
    });
    if (bytes.length !== records * cifarRecordBytes) {
      throw new ArdError(`${file} changed its size while it was being read`, {
        remedy: 'Wait until it is complete and start again.',
      });
    }
    hash.update(bytes);
    for (let record = 0; record < records; record++) {
      const from = record * cifarRecordBytes;
      labels[first + record] = bytes[from]!;
      interleave(bytes, from + 1, images, (first + record) * imageBytes);
    }
    checkLabels(labels.subarray(first, first + records), classes, file);
    first += records;
  }
  return { images, labels, count, counts, fingerprint: hash.digest('hex') };
}

async function countRecords(file: string): Promise<number> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw fileError('read', file, cause);
  });
  if (size === 0 || size % cifarRecordBytes !== 0) {
    const whole = Math.floor(size / cifarRecordBytes);
    const found =
      size === 0
        ? 'is empty'
        : `has ${size} bytes: ${whole} whole records and ${size % cifarRecordBytes} bytes more`;
    throw new ArdError(`${file} ${found}; expected a multiple of ${cifarRecordBytes} bytes`, {
      remedy: `${basename(file)} is truncated or not CIFAR-10 in the binary layout; fetch it again.`,
    });
  }
  return size / cifarRecordBytes;
}

function interleave(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  const green = from + planeBytes;
  const blue = green + planeBytes;
  for (let pixel = 0, out = to; pixel < planeBytes; pixel++, out += channels) {
    target[out] = source[from + pixel]!;
    target[out + 1] = source[green + pixel]!;
    target[out + 2] = source[blue + pixel]!;
  }
}
