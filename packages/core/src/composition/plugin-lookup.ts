import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArdError } from '../errors.js';
import { didYouMean } from './nearest-names.js';

/** Where plugins are looked for, in this order: project, installed, bundled. */
export interface PluginLookup {
  /** Folder of the config file, or the working directory: its node_modules and those above it. */
  readonly projectDirectory: string;
  /** Holds the node_modules of plugins that the user installed for every project. */
  readonly installedDirectory?: string;
  /** Package whose dependencies come with the program, and the names of those that are plugins. */
  readonly bundled?: { readonly directory: string; readonly packages: readonly string[] };
}

export type PluginPlace = 'path' | 'project' | 'installed' | 'bundled';

export interface LocatedPlugin {
  readonly packageName: string;
  readonly packageVersion: string;
  /** Without symbolic links, so that one package is one place. */
  readonly directory: string;
  readonly place: PluginPlace;
  readonly manifest: PluginManifest;
}

/** The `ard` entry of a plugin's package.json. */
export interface PluginManifest {
  readonly apiVersion: unknown;
  readonly plugin: unknown;
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly ard?: PluginManifest;
}

interface Place {
  readonly name: PluginPlace;
  readonly directory: string;
}

/**
 * Finds the package of a plugin by short name, package name or path.
 *
 * @throws ArdError naming what is near and where it looked
 */
export async function locatePlugin(name: string, lookup: PluginLookup): Promise<LocatedPlugin> {
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(lookup.projectDirectory, name);
  const atPath = await readPackage(path, 'path');
  if (atPath) return atPath;
  if (looksLikePath(name)) {
    throw new ArdError(`Plugin ${name}: ${path} is no plugin: it has no package.json with an "ard" entry.`, {
      remedy: 'Give the folder of the plugin package; docs/writing-a-plugin.md shows one.',
    });
  }
  const places = placesOf(lookup);
  for (const place of places) {
    for (const packageName of packageNames(name)) {
      const found = await findPackage(packageName, place);
      if (found) return found;
    }
  }
  const known = await knownShortNames(lookup);
  const searched = places.map((place) => `${place.name} (${place.directory})`).join(', ');
  throw new ArdError(
    `Unknown plugin "${name}": found neither ${packageNames(name).join(' nor ')} as a plugin in ${searched}.`,
    { remedy: didYouMean(name, known) ?? `Known plugins: ${known.join(', ')}.` },
  );
}

/** `@ard/plugin-fair-geometric` and `ard-plugin-fair-geometric` are `fair-geometric`. */
export function shortName(packageName: string): string {
  return packageName.replace(/^(@ard\/plugin-|ard-plugin-)/, '');
}

function looksLikePath(name: string): boolean {
  return name.startsWith('.') || name.startsWith('file:') || isAbsolute(name);
}

function packageNames(name: string): readonly string[] {
  const isShort = !name.startsWith('@') && shortName(name) === name;
  return isShort ? [`@ard/plugin-${name}`, `ard-plugin-${name}`, name] : [name];
}

function placesOf({ projectDirectory, installedDirectory, bundled }: PluginLookup): readonly Place[] {
  return [
    { name: 'project', directory: projectDirectory },
    ...(installedDirectory === undefined
      ? []
      : [{ name: 'installed', directory: installedDirectory } as const]),
    ...(bundled === undefined ? [] : [{ name: 'bundled', directory: bundled.directory } as const]),
  ];
}

/** As Node does: node_modules of the folder and of every folder above it. */
function nodeModulesAbove(directory: string): readonly string[] {
  const folders: string[] = [];
  for (let current = directory; ; current = dirname(current)) {
    folders.push(join(current, 'node_modules'));
    if (dirname(current) === current) return folders;
  }
}

async function findPackage(packageName: string, place: Place): Promise<LocatedPlugin | undefined> {
  for (const folder of nodeModulesAbove(place.directory)) {
    const found = await readPackage(join(folder, packageName), place.name);
    if (found) return found;
  }
  return undefined;
}

async function readPackage(directory: string, place: PluginPlace): Promise<LocatedPlugin | undefined> {
  const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const content = JSON.parse(text) as PackageJson;
  if (content.ard === undefined) return undefined;
  return {
    packageName: content.name ?? directory,
    packageVersion: content.version ?? '0.0.0',
    directory: await realpath(directory),
    place,
    manifest: content.ard,
  };
}

async function knownShortNames(lookup: PluginLookup): Promise<readonly string[]> {
  const folders = [lookup.projectDirectory, lookup.installedDirectory]
    .filter((directory) => directory !== undefined)
    .flatMap(nodeModulesAbove);
  const list = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const found = await Promise.all(
    folders.map(async (folder) => [
      ...(await list(join(folder, '@ard'))).map((name) => `@ard/${name}`),
      ...(await list(folder)),
    ]),
  );
  const names = [...(lookup.bundled?.packages ?? []), ...found.flat()];
  return [...new Set(names.filter((name) => shortName(name) !== name).map(shortName))].sort();
}
