import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are kept that can be made again, such as decoded images and teachers of `--teacher auto`. */
export function cacheFolder(): string {
  const { ARD_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return ARD_CACHE_DIR ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ard');
}
