import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { OfficialFile } from '@ard/core';
import { fileDigest } from '@ard/download';

/** What became of one official file. */
export interface FileCheck {
  readonly name: string;
  /** `unpacked`: packed by somebody else, but what it unpacks to is the official content. */
  readonly state: 'official' | 'unpacked' | 'differs' | 'missing';
}

/** Compares files with the official checksums, in the layout that most of them are there of. */
export async function checkFiles(
  directory: string,
  layouts: readonly (readonly OfficialFile[])[],
): Promise<readonly FileCheck[]> {
  const present = (files: readonly OfficialFile[]): number =>
    files.filter(({ name }) => existsSync(join(directory, name))).length;
  const [layout] = [...layouts].sort((a, b) => present(b) - present(a));
  if (layout === undefined || present(layout) === 0) return [];
  const checks: FileCheck[] = [];
  for (const file of layout) {
    checks.push({ name: file.name, state: await stateOf(join(directory, file.name), file) });
  }
  return checks;
}

async function stateOf(
  path: string,
  { checksum, unpackedSha256 }: OfficialFile,
): Promise<FileCheck['state']> {
  if (!existsSync(path)) return 'missing';
  if ((await fileDigest(path, checksum.algorithm)) === checksum.digest) return 'official';
  if (unpackedSha256 === undefined) return 'differs';
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), createGunzip(), hash);
  } catch {
    return 'differs'; // loading says what is broken
  }
  return hash.digest('hex') === unpackedSha256 ? 'unpacked' : 'differs';
}
