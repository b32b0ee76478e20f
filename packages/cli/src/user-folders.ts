import { homedir } from 'node:os';
import { join } from 'node:path';

export { cacheFolder } from '@ard/data';

/** Where plugins are that the user installed for every project. */
export function installedPluginsFolder(): string {
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'ard', 'plugins');
}
