import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ArdError, type PartialConfig } from '@ard/core';
import { parseConfig } from '@ard/core/host';

export interface ConfigFile {
  readonly path: string;
  /** The file's name, for messages. */
  readonly origin: string;
  /** As if named with --plugin and --preset. */
  readonly plugins: readonly string[];
  readonly presets: readonly string[];
  readonly config: PartialConfig;
}

const names = ['yaml', 'yml', 'json', 'ts', 'js'].map((extension) => `ard.config.${extension}`);

/**
 * Reads the configuration file named, or the one in the working directory.
 *
 * @returns undefined when none is named and none is there
 * @throws ArdError when the file is missing, cannot be parsed or has the wrong form; when there are several
 */
export async function readConfigFile(
  named: string | undefined,
  directory: string,
): Promise<ConfigFile | undefined> {
  const path = named === undefined ? find(directory) : resolve(directory, named);
  if (path === undefined) return undefined;
  if (!existsSync(path)) {
    throw new ArdError(`Configuration file ${path} does not exist.`, { remedy: 'Correct --config.' });
  }
  const origin = basename(path);
  return { path, ...parseConfigFile(await parseFile(path, origin), origin) };
}

/** The content of a configuration file, also of a run's config.json. */
export function parseConfigFile(content: unknown, origin: string): Omit<ConfigFile, 'path'> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ArdError(`${origin} must hold a mapping, such as "student: resnet-20".`);
  }
  const { plugins = [], presets = [], ...parts } = content as Record<string, unknown>;
  return {
    origin,
    plugins: listOfNames(plugins, `${origin}: plugins`),
    presets: listOfNames(presets, `${origin}: presets`),
    config: parseConfig(parts, origin),
  };
}

function find(directory: string): string | undefined {
  const found = names.filter((name) => existsSync(join(directory, name)));
  if (found.length > 1) {
    throw new ArdError(`There are several configuration files: ${found.join(', ')}.`, {
      remedy: 'Keep one, or name one with --config.',
    });
  }
  return found[0] === undefined ? undefined : join(directory, found[0]);
}

async function parseFile(path: string, origin: string): Promise<unknown> {
  try {
    if (/\.[cm]?[jt]s$/.test(path)) {
      const { createJiti } = await import('jiti');
      return await createJiti(import.meta.url).import(path, { default: true });
    }
    const { parse } = await import('yaml');
    return (parse(readFileSync(path, 'utf8')) as unknown) ?? {};
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new ArdError(`${origin} cannot be read: ${reason!.replace(/:$/, '.')}`, {
      remedy: `Correct ${path}.`,
      cause,
    });
  }
}

function listOfNames(value: unknown, what: string): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw new ArdError(`${what} must be a list of names, got ${JSON.stringify(value)}.`);
}
