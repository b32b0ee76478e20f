import type { OfficialFile } from '@ard/core';

/** Checksums as the authors or torchvision have them. */
export function md5(digest: string): OfficialFile['checksum'] {
  return { algorithm: 'md5', digest };
}
