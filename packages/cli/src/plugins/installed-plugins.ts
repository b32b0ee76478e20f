import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import {
  didYouMean,
  loadPlugins,
  makeFolder,
  shortName,
  writeAtomically,
  type LoadedPlugin,
} from '@ard/core/host';
import { installedPluginsFolder } from '../user-folders.js';
import { npm } from './npm.js';

/**
 * Packages that the user installed as plugins, by name, with what npm was asked for; `package.json` of the folder says
 * so, as in every project of npm.
 */
export function installedPackages(): Readonly<Record<string, string>> {
  const file = packageFile();
  if (!existsSync(file)) return {};
  try {
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    return dependencies;
  } catch (cause) {
    throw new ArdError(`${file} cannot be read: ${(cause as Error).message}`, {
      remedy: 'Correct or remove it; installing the plugins again writes another one.',
      cause,
    });
  }
}

/** @throws ArdError where {@link loadPlugins} does */
export async function loadInstalled(packageName: string): Promise<LoadedPlugin> {
  const folder = installedPluginsFolder();
  const [plugin] = await loadPlugins([join(folder, 'node_modules', packageName)], {
    projectDirectory: folder,
  });
  return { ...plugin!, place: 'installed' };
}

/**
 * Installs a package; keeps it only if it is a plugin that this ard can load.
 *
 * @param text as users write it: a short name, or what npm takes
 */
export async function installPlugin(text: string): Promise<LoadedPlugin> {
  const folder = installedPluginsFolder();
  const before = installedPackages();
  try {
    makeFolder(folder);
    if (!existsSync(packageFile())) writeAtomically(packageFile(), '{\n  "private": true\n}\n');
  } catch (error) {
    throw fileError('write', folder, error);
  }
  // a folder is packed and copied, as if it had been published
  await npm(['install', '--save-exact', '--install-links', packageOf(text)], folder);
  const after = installedPackages();
  const name = Object.keys(after).find((one) => after[one] !== before[one]) ?? sameAsBefore(text, after);
  try {
    return await loadInstalled(name);
  } catch (error) {
    if (!(name in before)) await npm(['uninstall', name], folder);
    throw error;
  }
}

/** @throws ArdError when the user installed no such plugin */
export async function removePlugin(text: string): Promise<string> {
  const names = Object.keys(installedPackages());
  const name = names.find((one) => one === text || shortName(one) === text);
  if (name === undefined) {
    throw new ArdError(`No plugin "${text}" is installed in ${installedPluginsFolder()}.`, {
      remedy: didYouMean(text, names.map(shortName)) ?? '`ard plugins list` shows what is.',
    });
  }
  await npm(['uninstall', name], installedPluginsFolder());
  return name;
}

/** Anything may have been published under a bare word; plugins are called so. */
function packageOf(text: string): string {
  if (existsSync(text)) return resolve(text);
  return /^[a-z0-9][a-z0-9._-]*(@[^/]*)?$/.test(text) && shortName(text) === text
    ? `ard-plugin-${text}`
    : text;
}

/** The package that was asked for and was there already. */
function sameAsBefore(text: string, after: Readonly<Record<string, string>>): string {
  const wanted = packageOf(text);
  const found = Object.keys(after).find(
    (name) => wanted === name || wanted.startsWith(`${name}@`) || after[name]!.endsWith(wanted),
  );
  if (found !== undefined) return found;
  const places = Object.values(after).map((place) =>
    resolve(installedPluginsFolder(), place.replace(/^file:/, '')),
  );
  const index = places.indexOf(wanted);
  if (index >= 0) return Object.keys(after)[index]!;
  throw new ArdError(`npm installed nothing for ${text}.`, { remedy: 'Give the name of a package.' });
}

function packageFile(): string {
  return join(installedPluginsFolder(), 'package.json');
}
