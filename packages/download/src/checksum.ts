import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ArdError, fileError } from '@ard/core';

/** What a file must hash to. */
export interface Checksum {
  /** `md5` is for data sets whose authors published nothing better: it finds damage, not forgery. */
  readonly algorithm: 'sha256' | 'md5';
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

const lengths = { sha256: 64, md5: 32 } as const;

/**
 * A checksum as people write it.
 *
 * @param what names the text for the error, such as `--sha256`
 * @throws ArdError when it is no hexadecimal number of the right length
 */
export function parseChecksum(
  text: string,
  what: string,
  algorithm: Checksum['algorithm'] = 'sha256',
): Checksum {
  const digest = text.trim().toLowerCase();
  const length = lengths[algorithm];
  if (new RegExp(`^[0-9a-f]{${length}}$`).test(digest)) return { algorithm, digest };
  throw new ArdError(`${what}: "${text}" is no ${algorithm} hash.`, {
    remedy: `Give ${length} hexadecimal digits, as ${algorithm}sum prints them.`,
  });
}

/**
 * The hash of a file's content, in lower-case hexadecimal; memory stays small, whatever the size.
 *
 * @throws ArdError when the file cannot be read
 */
export async function fileDigest(path: string, algorithm: Checksum['algorithm'] = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError('read', path, error);
  }
  return hash.digest('hex');
}
