import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LoadedPlugin } from '@ard/core/host';
import { ownVersion } from '../bundled-plugins.js';

/** What took part in a run or an evaluation, for `plugins.lock.json` and for keys of caches. */
export interface PluginsLock {
  readonly ard: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly packageName: string;
    readonly version: string;
    /** Over every JavaScript file of the plugin, so that a changed plugin of the same version shows. */
    readonly integrity: string;
  }[];
}

export function pluginsLock(used: readonly LoadedPlugin[]): PluginsLock {
  return {
    ard: ownVersion(),
    plugins: used.map((from) => ({
      name: from.plugin.name,
      packageName: from.packageName,
      version: from.packageVersion,
      integrity: integrity(from),
    })),
  };
}

function integrity({ directory, manifest }: LoadedPlugin): string {
  const folder = dirname(join(directory, String(manifest.plugin)));
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?js$/.test(file) && !file.includes('node_modules'))
    .sort();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return `sha256-${hash.digest('base64')}`;
}
