import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sharedFolder = fileURLToPath(new URL('../../../../shared/', import.meta.url));

/** A path inside the data folder beside the checkout, or undefined where this machine has none. */
export function sharedData(path: string): string | undefined {
  const full = `${sharedFolder}data/${path}`;
  return existsSync(full) ? full : undefined;
}
