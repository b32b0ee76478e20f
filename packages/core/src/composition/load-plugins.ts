import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { apiVersion, type Plugin } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';
import { checkPluginShape } from './check-plugin-shape.js';
import { locatePlugin, type LocatedPlugin, type PluginLookup } from './plugin-lookup.js';

/** A plugin and the package it came from. */
export interface LoadedPlugin extends LocatedPlugin {
  readonly plugin: Plugin;
}

/**
 * Finds and imports plugins, in parallel, in the order named. A package named twice, or reached by two ways, is
 * loaded once: the first one counts.
 *
 * @param names short names, package names or paths of plugin folders
 * @throws ArdError for a plugin that is unknown, made for another API version, or fails while it is imported
 */
export async function loadPlugins(
  names: readonly string[],
  lookup: PluginLookup,
): Promise<readonly LoadedPlugin[]> {
  const located = await Promise.all(names.map((name) => locatePlugin(name, lookup)));
  const once = new Map<string, LocatedPlugin>();
  for (const plugin of located) {
    if (!once.has(plugin.packageName)) once.set(plugin.packageName, plugin);
  }
  return await Promise.all([...once.values()].map(importPlugin));
}

/** Imports one located plugin and checks what it exports. */
export async function importPlugin(located: LocatedPlugin): Promise<LoadedPlugin> {
  const { packageName, directory, manifest } = located;
  checkApiVersion(packageName, manifest.apiVersion);
  if (typeof manifest.plugin !== 'string') {
    throw new ArdError(`Plugin ${packageName}: package.json has no "ard.plugin".`, {
      remedy: 'Set it to the path of the module that exports the plugin, such as "./dist/index.js".',
    });
  }
  const entry = join(directory, manifest.plugin);
  if (!(await stat(entry).catch(() => undefined))?.isFile()) {
    throw new ArdError(`Plugin ${packageName}: ${entry} does not exist.`, {
      remedy: 'Build the plugin, or correct "ard.plugin" in its package.json.',
    });
  }
  const exported = await importModule(packageName, entry);
  const plugin = checkPluginShape(packageName, exported.default);
  checkApiVersion(packageName, plugin.apiVersion);
  return { ...located, plugin };
}

async function importModule(packageName: string, entry: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(entry).href)) as { default?: unknown };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ArdError(`Plugin ${packageName} failed while it was imported: ${reason}`, {
      remedy: 'The mistake is in the plugin or in what it imports; ARD_DEBUG=1 shows the stack.',
      cause,
    });
  }
}

function checkApiVersion(packageName: string, found: unknown): void {
  if (found === apiVersion) return;
  const newer = typeof found === 'number' && found > apiVersion;
  throw new ArdError(
    `Plugin ${packageName} is made for plugin API ${JSON.stringify(found)}, this ard has ${apiVersion}.`,
    { remedy: newer ? 'Upgrade @ard/cli.' : `Upgrade ${packageName}.` },
  );
}
