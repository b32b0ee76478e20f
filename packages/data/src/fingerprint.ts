import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal over some texts and bytes, in order. */
export function fingerprint(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
