import { join } from 'node:path';
import { readCifarRecords } from '@ard/data';
import type { CifarKind } from './cifar-dataset.js';

/** What both layouts come to. */
export interface CifarImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  readonly fingerprint: string;
}

/** Reads the files of a split in the binary layout. */
export async function readBinary(
  directory: string,
  names: readonly string[],
  kind: CifarKind,
): Promise<CifarImages> {
  return await readCifarRecords(
    names.map((name) => join(directory, name)),
    kind,
  );
}
