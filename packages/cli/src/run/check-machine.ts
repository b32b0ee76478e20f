import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isArdError, type Availability } from '@ard/core';
import { createInstance, loadPlugins, resolveConfig, type PluginLookup, type Registry } from '@ard/core/host';
import { bundledPlugins, ownVersion, pluginLookup } from '../bundled-plugins.js';
import { flagLayers } from '../flag-layers.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput } from '../output.js';
import { columns } from '../text/columns.js';
import { cacheFolder } from '../user-folders.js';

interface Check {
  readonly group: 'machine' | 'engine' | 'provider' | 'plugin' | 'data' | 'folder';
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

export interface DoctorFlags {
  readonly plugin?: readonly string[];
  readonly dataset?: string;
  readonly 'data-dir'?: string;
  readonly json?: boolean;
}

/** `ard doctor`; exit code 1 when no engine can run or something asked for does not work. */
export async function checkMachine(flags: DoctorFlags): Promise<void> {
  const lookup = pluginLookup(process.cwd());
  const plugins = await checkPlugins([...bundledPlugins(), ...(flags.plugin ?? [])], lookup);
  const healthy = plugins.every(({ ok }) => ok);
  const registry = healthy ? (await openPlugins(lookup, flags.plugin)).registry : undefined;
  const checks = [
    ...machine(),
    ...plugins,
    ...(registry ? await checkEngines(registry) : []),
    ...(registry ? await checkProviders(registry) : []),
    ...(registry ? await checkData(registry, flags) : []),
    checkFolder('cache', cacheFolder()),
    checkFolder('runs', 'runs'),
  ];
  createOutput(flags).result(asText(checks), checks);
  const engines = checks.filter(({ group }) => group === 'engine');
  // that one of several ways to run is missing is no fault of the machine
  const failed = checks.some(({ group, ok }) => group !== 'engine' && group !== 'provider' && !ok);
  if (failed || !engines.some(({ ok }) => ok)) process.exitCode = 1;
}

function machine(): readonly Check[] {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const recent = major! > 20 || (major === 20 && minor! >= 19);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  return [
    { group: 'machine', name: 'ard', ok: true, detail: ownVersion() },
    {
      group: 'machine',
      name: 'Node',
      ok: recent,
      detail: process.versions.node,
      ...(recent ? {} : { remedy: 'Install Node 20.19 or newer.' }),
    },
    {
      group: 'machine',
      name: 'system',
      ok: true,
      detail: `${process.platform} ${process.arch}, ${release()}`,
    },
    {
      group: 'machine',
      name: 'processor',
      ok: true,
      detail: `${processor}, ${cpus().length} cores, ${availableParallelism()} threads for ard, ${gigabytes} GB memory`,
    },
  ];
}

async function checkPlugins(names: readonly string[], lookup: PluginLookup): Promise<readonly Check[]> {
  return await Promise.all(
    names.map(async (name): Promise<Check> => {
      try {
        const [{ plugin, packageName, packageVersion, place }] = (await loadPlugins([name], lookup)) as [
          Awaited<ReturnType<typeof loadPlugins>>[number],
        ];
        return {
          group: 'plugin',
          name: plugin.name,
          ok: true,
          detail: `${packageName} ${packageVersion}, ${place}`,
        };
      } catch (error) {
        return { group: 'plugin', name, ok: false, ...inWords(error) };
      }
    }),
  );
}

async function checkEngines(registry: Registry): Promise<readonly Check[]> {
  return await Promise.all(
    registry.list('engine').map(async ({ component }): Promise<Check> => {
      const found = (await component.availability?.()) ?? { available: true, description: component.summary };
      return { group: 'engine', name: component.id, ...asCheck(found) };
    }),
  );
}

/** Which of the providers of an engine start here; `engine.provider` chooses one. */
async function checkProviders(registry: Registry): Promise<readonly Check[]> {
  const tried = await Promise.all(
    registry.list('engine').map(async ({ component }) =>
      ((await component.tryProviders?.()) ?? []).map(({ name, availability }): Check => ({
        group: 'provider',
        name: `${component.id} ${name}`,
        ...asCheck(availability),
      })),
    ),
  );
  return tried.flat();
}

function asCheck(found: Availability): Pick<Check, 'ok' | 'detail' | 'remedy'> {
  return found.available
    ? { ok: true, detail: found.description }
    : { ok: false, detail: found.cause, remedy: found.remedy };
}

/** The data set asked for, or every one whose default folder is there. */
async function checkData(registry: Registry, flags: DoctorFlags): Promise<readonly Check[]> {
  const ids =
    flags.dataset === undefined
      ? registry.list('dataset').map(({ component }) => component.id)
      : [flags.dataset];
  const checks = await Promise.all(
    ids.map(async (id): Promise<Check | undefined> => {
      try {
        const { components } = await resolveConfig(flagLayers({ ...flags, dataset: id }), registry);
        const { directory } = components.dataset!.values;
        if (flags.dataset === undefined && (typeof directory !== 'string' || !existsSync(directory)))
          return undefined;
        const dataset = await createInstance('dataset', components.dataset!);
        const [train, test] = [await dataset.load('train'), await dataset.load('test')];
        return { group: 'data', name: id, ok: true, detail: `${train.source}; ${test.source}` };
      } catch (error) {
        return { group: 'data', name: id, ok: false, ...inWords(error) };
      }
    }),
  );
  return checks.filter((check) => check !== undefined);
}

function checkFolder(name: string, path: string): Check {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    return { group: 'folder', name, ok: true, detail: path };
  } catch {
    return {
      group: 'folder',
      name,
      ok: false,
      detail: `${path}: ${existing} cannot be written`,
      remedy: name === 'cache' ? 'Set ARD_CACHE_DIR to a folder you may write to.' : 'Give --run-dir.',
    };
  }
}

function inWords(error: unknown): { readonly detail: string; readonly remedy?: string } {
  if (!(error instanceof Error)) return { detail: String(error) };
  return isArdError(error) && error.remedy !== undefined
    ? { detail: error.message, remedy: error.remedy }
    : { detail: error.message };
}

function asText(checks: readonly Check[]): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  return groups
    .map((group) => {
      const rows = checks
        .filter((check) => check.group === group)
        .flatMap(({ name, ok, detail, remedy }) => [
          [ok ? 'ok' : 'no', name, detail],
          ...(remedy === undefined ? [] : [['', '', remedy]]),
        ]);
      return `${group}\n${columns(rows, '  ')}`;
    })
    .join('\n\n');
}
