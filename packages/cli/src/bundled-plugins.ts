import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortName, type PluginLookup } from '@ard/core/host';
import { installedPluginsFolder } from './user-folders.js';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/** Version of the command line. */
export function ownVersion(): string {
  return ownPackage().version;
}

/** Plugins that come with the command line: its dependencies that are named like plugins. */
export function bundledPlugins(): readonly string[] {
  return Object.keys(ownPackage().dependencies).filter((name) => shortName(name) !== name);
}

/** Where plugins are looked for on behalf of a project. */
export function pluginLookup(projectDirectory: string): PluginLookup {
  return {
    projectDirectory,
    installedDirectory: installedPluginsFolder(),
    bundled: { directory: dirname(packageFile), packages: bundledPlugins() },
  };
}

function ownPackage(): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(packageFile, 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
}
