import { shortName, loadPlugins, type LoadedPlugin } from '@ard/core/host';
import { isArdError } from '@ard/core';
import { bundledPlugins, pluginLookup } from '../bundled-plugins.js';
import { createOutput } from '../output.js';
import {
  installedPackages,
  installPlugin,
  loadInstalled,
  removePlugin,
} from '../plugins/installed-plugins.js';
import { columns } from '../text/columns.js';
import { installedPluginsFolder } from '../user-folders.js';

/** `ard plugins install`. */
export async function installPluginCommand(
  text: string,
  flags: { readonly quiet?: boolean; readonly json?: boolean },
): Promise<void> {
  const output = createOutput(flags);
  output.say(`Installing ${text} in ${installedPluginsFolder()} …`);
  const installed = await installPlugin(text);
  const { plugin, packageName, packageVersion } = installed;
  const brings = [
    ...plugin.components.map(({ kind, id }) => `${kind} ${id}`),
    ...plugin.presets.map(({ id }) => `preset ${id}`),
  ];
  output.result(
    [
      `${packageName} ${packageVersion}: ${plugin.summary}`,
      `It brings ${brings.length === 0 ? 'nothing' : brings.join(', ')}.`,
      `Use it: --plugin ${shortName(packageName)}`,
    ].join('\n'),
    entry(installed),
  );
}

/** `ard plugins list`. */
export async function listPluginsCommand(flags: { readonly json?: boolean }): Promise<void> {
  const installed = await Promise.all(Object.keys(installedPackages()).map(installedEntry));
  const bundled = (await loadPlugins(bundledPlugins(), pluginLookup(process.cwd()))).map(entry);
  const entries = [...installed, ...bundled];
  createOutput(flags).result(
    columns(
      entries.map(({ name, version, place, summary, error }) => [
        name,
        version,
        place,
        error === undefined ? summary : `CANNOT BE USED: ${error}`,
      ]),
    ),
    entries,
  );
}

/** `ard plugins remove`. */
export async function removePluginCommand(text: string, flags: { readonly json?: boolean }): Promise<void> {
  const removed = await removePlugin(text);
  createOutput(flags).result(`Removed ${removed}.`, { packageName: removed });
}

interface Entry {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  readonly place: string;
  readonly summary: string;
  /** Why it cannot be loaded. */
  readonly error?: string;
}

function entry({ plugin, packageName, packageVersion, place }: LoadedPlugin): Entry {
  return {
    name: shortName(packageName),
    packageName,
    version: packageVersion,
    place,
    summary: plugin.summary,
  };
}

/** One that cannot be loaded is listed with the reason, or nobody could find out which to remove. */
async function installedEntry(packageName: string): Promise<Entry> {
  try {
    return entry(await loadInstalled(packageName));
  } catch (error) {
    if (!isArdError(error)) throw error;
    const name = shortName(packageName);
    return { name, packageName, version: '', place: 'installed', summary: '', error: error.message };
  }
}
