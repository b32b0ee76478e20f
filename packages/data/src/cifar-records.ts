import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { checkLabels } from './check-labels.js';
import { cifarImageBytes, interleavePlanes } from './interleave-planes.js';
import { sharedBytes } from './shared-bytes.js';

/** How a record begins: CIFAR-10 has one label, CIFAR-100 the coarse and the fine one. */
export interface CifarLayout {
  readonly classes: number;
  /** Bytes before the pixels. */
  readonly labelBytes: 1 | 2;
  /** Which of them is the label. */
  readonly labelIndex: 0 | 1;
}

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
 * Reads CIFAR files in the binary layout, any number of whole records each, and turns the colour planes of each
 * record into interleaved pixels.
 *
 * @throws ArdError when a file is missing, is empty, ends within a record or has a label outside the range
 */
export async function readCifarRecords(
  files: readonly string[],
  { classes, labelBytes, labelIndex }: CifarLayout,
): Promise<CifarRecords> {
  const recordBytes = labelBytes + cifarImageBytes;
  const counts = await Promise.all(files.map((file) => countRecords(file, recordBytes)));
  const count = counts.reduce((sum, records) => sum + records, 0);
  const images = sharedBytes(count * cifarImageBytes);
  const labels = new Uint8Array(count);
  const hash = createHash('sha256');
  let first = 0;
  for (const [index, file] of files.entries()) {
    const records = counts[index]!;
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw fileError('read', file, cause);
    });
    if (bytes.length !== records * recordBytes) {
      throw new ArdError(`${file} changed its size while it was being read`, {
        remedy: 'Wait until it is complete and start again.',
      });
    }
    hash.update(bytes);
    for (let record = 0; record < records; record++) {
      const from = record * recordBytes;
      labels[first + record] = bytes[from + labelIndex]!;
      interleavePlanes(bytes, from + labelBytes, images, (first + record) * cifarImageBytes);
    }
    checkLabels(labels.subarray(first, first + records), classes, file);
    first += records;
  }
  return { images, labels, count, counts, fingerprint: hash.digest('hex') };
}

async function countRecords(file: string, recordBytes: number): Promise<number> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw fileError('read', file, cause);
  });
  if (size === 0 || size % recordBytes !== 0) {
    const whole = Math.floor(size / recordBytes);
    const found =
      size === 0
        ? 'is empty'
        : `has ${size} bytes: ${whole} whole records and ${size % recordBytes} bytes more`;
    throw new ArdError(`${file} ${found}; expected a multiple of ${recordBytes} bytes`, {
      remedy: `${basename(file)} is truncated or not CIFAR in the binary layout; fetch it again.`,
    });
  }
  return size / recordBytes;
}
