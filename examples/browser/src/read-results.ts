import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArdError, type Dataset, type PartialConfig } from '@ard/core';
import {
  createContainer,
  createInstance,
  loadPlugins,
  readRunConfig,
  resolveSlot,
  tokens,
  type Registry,
} from '@ard/core/host';
import type { ClassAccuracy, SiteAccuracy } from './site.js';

/** Radius where nothing was measured under attack; the papers' on small colour images. */
const usualEpsilon = 8 / 255;

/** What is known about a network. */
export interface Results {
  /** Whose test images it was measured on. */
  readonly dataset: Dataset;
  /** The same as flags of `ard`. */
  readonly datasetFlags: readonly string[];
  readonly accuracy: SiteAccuracy;
  /** Largest radius measured, in units of [0, 1]. */
  readonly epsilon: number;
}

interface Summary {
  readonly samples: number;
  readonly attacks: readonly { readonly description: string; readonly epsilon: number }[];
  readonly clean: { readonly average: number | null; readonly accuracy: readonly (number | null)[] };
  readonly robust?: Summary['clean'];
}

type RunConfig = PartialConfig & { readonly plugins?: readonly string[] };

/**
 * Reads the folder of a run, or of the evaluation of one network.
 *
 * @throws ArdError when it is neither, or has not ended
 */
export async function readResults(folder: string): Promise<Results> {
  if (!existsSync(join(folder, 'config.json'))) {
    throw new ArdError(`${folder} is no run: it holds no config.json.`, {
      remedy: 'Evaluate the network (ard evaluate) and name the folder of the evaluation with --results.',
    });
  }
  const summaryFile = join(folder, 'summary.json');
  if (!existsSync(summaryFile)) throw new ArdError(`${folder} has no summary.json: the run has not ended.`);
  const summary = JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary;
  const { samples, attacks, clean, robust } = summary;
  if (!clean) throw new ArdError(`${summaryFile} is not about one network.`);
  const { plugins, config } = runConfig(folder);
  return {
    dataset: await openDataset(config, plugins),
    datasetFlags: [
      ...['--dataset', String(config.dataset?.id)],
      ...Object.entries(config.dataset?.options ?? {}).flatMap(([name, value]) => [
        '--set',
        `dataset.${name}=${JSON.stringify(value)}`,
      ]),
    ],
    accuracy: {
      samples,
      clean: classAccuracy(clean),
      ...(robust && attacks.length > 0 ? { robust: classAccuracy(robust) } : {}),
      attacks: attacks.map(({ description }) => description),
    },
    epsilon: Math.max(...attacks.map(({ epsilon }) => epsilon), 0) || usualEpsilon,
  };
}

/** Trainings and evaluations write theirs in different places. */
function runConfig(folder: string): { plugins: readonly string[]; config: PartialConfig } {
  const written = readRunConfig(folder) as RunConfig & {
    readonly networks?: readonly { readonly plugins: readonly string[]; readonly config: PartialConfig }[];
  };
  return written.networks?.[0] ?? { plugins: written.plugins ?? [], config: written };
}

async function openDataset(config: PartialConfig, plugins: readonly string[]): Promise<Dataset> {
  const commandLine = new URL('../../package.json', import.meta.resolve('@ard/cli'));
  const { dependencies } = JSON.parse(readFileSync(commandLine, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const packages = Object.keys(dependencies).filter((name) => name.startsWith('@ard/plugin-'));
  const loaded = await loadPlugins([...plugins, ...packages], {
    projectDirectory: process.cwd(),
    bundled: { directory: fileURLToPath(new URL('.', commandLine)), packages },
  });
  const registry = createContainer(loaded).get<Registry>(tokens.registry);
  const resolved = resolveSlot('dataset', [{ origin: 'config.json', config }], registry);
  if (!resolved) throw new ArdError('config.json names no data set.');
  return await createInstance('dataset', resolved);
}

function classAccuracy({ average, accuracy }: Summary['clean']): ClassAccuracy {
  return { average, perClass: accuracy };
}
