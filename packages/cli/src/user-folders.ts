import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are kept that can be made again, such as teachers of `--teacher auto`. */
export function cacheFolder(): string {
  const { ARD_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return ARD_CACHE_DIR ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ard');
}

/** Where plugins are that the user installed for every project. */
export function installedPluginsFolder(): string {
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'ard', 'plugins');
}
