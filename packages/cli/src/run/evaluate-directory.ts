import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { safetensorsStore } from '@ard/checkpoints';
import { ArdError, fileError, type PartialConfig } from '@ard/core';
import {
  isFreeForRun,
  lockRun,
  makeFolder,
  parseConfig,
  plainConfig,
  readRunConfig,
  resolveConfig,
  writeAtomically,
  type FindingsStore,
  type LoadedPlugin,
} from '@ard/core/host';
import { ownVersion, pluginLookup } from '../bundled-plugins.js';
import { openPlugins } from '../open-plugins.js';
import type { PlannedNetwork } from './evaluate-plan.js';
import { networkName } from './network-name.js';
import { pluginsLock } from './plugins-lock.js';
import { checkpointFile } from './student-file.js';
import { pluginsOfEvaluation } from './used-plugins.js';

const kind = 'evaluation';
const stateFolder = 'state';

/** One network of an evaluation, and the folder for what is found out about it. */
export interface NetworkFolder extends PlannedNetwork {
  readonly name: string;
  readonly folder: string;
}

/** The run directory of an evaluation. */
export interface EvaluationDirectory {
  readonly path: string;
  readonly networks: readonly NetworkFolder[];
  /** Forgets what only a resumed evaluation needs. */
  finish(): void;
  close(): void;
}

interface Recorded {
  readonly kind: typeof kind;
  readonly ard: string;
  readonly networks: readonly {
    readonly name: string;
    readonly checkpoint: string;
    /** SHA-256 of the file: verdicts of two networks must not mix. */
    readonly sha256: string;
    readonly plugins: readonly string[];
    readonly config: PartialConfig;
  }[];
}

export function isEvaluation(path: string): boolean {
  return (readRunConfig(path) as Partial<Recorded>).kind === kind;
}

/**
 * Starts an evaluation in a new or empty folder.
 *
 * @throws ArdError when the folder holds something already, or cannot be written
 */
export function createEvaluationDirectory(
  path: string,
  planned: readonly PlannedNetwork[],
): EvaluationDirectory {
  if (!isFreeForRun(path)) {
    throw new ArdError(`${path} already exists and is not empty.`, {
      remedy: existsSync(join(path, 'config.json'))
        ? `Go on with it (ard evaluate --resume ${path}) or choose another name (--name).`
        : 'Choose another folder (--run-dir).',
    });
  }
  const record: Recorded = {
    kind,
    ard: ownVersion(),
    networks: planned.map(({ checkpoint, pluginNames, config }) => ({
      name: networkName(checkpoint),
      checkpoint,
      sha256: hashOf(checkpoint),
      plugins: pluginNames,
      config: plainConfig(config),
    })),
  };
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw fileError('create', path, error);
  }
  const unlock = lockRun(path);
  const used = planned.flatMap(({ config, registry }) => pluginsOfEvaluation(config, registry));
  writeJson(join(path, 'plugins.lock.json'), pluginsLock(oncePerPackage(used)));
  writeJson(join(path, 'config.json'), record);
  return directory(path, planned, record, unlock);
}

/**
 * Opens an evaluation to go on with it.
 *
 * @param accept checks whose failure is accepted besides those recorded
 * @throws ArdError when there is none, it is complete, or a checkpoint has changed since
 */
export async function openEvaluationDirectory(
  path: string,
  accept: readonly string[] = [],
): Promise<EvaluationDirectory> {
  if (!existsSync(join(path, 'config.json')) || !isEvaluation(path)) {
    throw new ArdError(`There is no evaluation in ${path}.`, {
      remedy: 'Give the folder that ard evaluate printed; a training goes on with ard train --resume.',
    });
  }
  const record = readRunConfig(path) as Recorded;
  const planned: PlannedNetwork[] = [];
  for (const { checkpoint, sha256, plugins, config } of record.networks) {
    if (hashOf(checkpoint) !== sha256) {
      throw new ArdError(`${checkpoint} has changed since the evaluation in ${path} began.`, {
        remedy: 'Start a new evaluation; verdicts of two networks must not mix.',
      });
    }
    const { registry } = await openPlugins(pluginLookup(process.cwd()), plugins);
    const layers = [{ origin: 'config.json', config: parseConfig(config, join(path, 'config.json')) }];
    const recorded = await resolveConfig(layers, registry);
    const accepted = [...recorded.evaluation.values.accept, ...accept];
    planned.push({
      config: await resolveConfig(
        [...layers, { origin: '--accept', config: { evaluation: { accept: accepted } } }],
        registry,
      ),
      checkpoint,
      registry,
      pluginNames: plugins,
    });
  }
  return directory(path, planned, record, lockRun(path));
}

/** Whether it is an evaluation in which nothing is left to do. */
export function isComplete(path: string): boolean {
  return (
    existsSync(join(path, 'summary.json')) && existsSync(join(path, 'config.json')) && isEvaluation(path)
  );
}

/** The result of a complete evaluation. */
export function readSummary(path: string): Readonly<Record<string, unknown>> {
  const file = join(path, 'summary.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw fileError('read', file, error);
  }
}

/** Keeps findings as files of the folder of a network. */
export function findingsStore(folder: string): FindingsStore {
  const state = join(folder, stateFolder);
  const file = (unit: string): string => join(state, `${unit}.safetensors`);
  makeFolder(state);
  return {
    load: async (unit) => (existsSync(file(unit)) ? await safetensorsStore.load(file(unit)) : undefined),
    save: (unit, findings) => safetensorsStore.save(file(unit), findings),
  };
}

function directory(
  path: string,
  planned: readonly PlannedNetwork[],
  { networks }: Recorded,
  unlock: () => void,
): EvaluationDirectory {
  const folders = planned.map((network, index): NetworkFolder => {
    const { name } = networks[index]!;
    const folder = planned.length === 1 ? path : join(path, 'networks', `${index + 1}-${name}`);
    makeFolder(folder);
    return { ...network, name, folder };
  });
  return {
    path,
    networks: folders,
    finish: () => {
      for (const { folder } of folders) rmSync(join(folder, stateFolder), { recursive: true, force: true });
    },
    close: unlock,
  };
}

/** Each network has loaded its plugins by itself. */
function oncePerPackage(plugins: readonly LoadedPlugin[]): readonly LoadedPlugin[] {
  return [...new Map(plugins.map((plugin) => [plugin.packageName, plugin])).values()];
}

function writeJson(path: string, content: unknown): void {
  writeAtomically(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

function hashOf(checkpoint: string): string {
  const file = checkpointFile(checkpoint);
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (error) {
    throw fileError('read', file, error);
  }
}
