import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, type Dataset, type PartialConfig } from '@ard/core';
import {
  createInstance,
  readRunConfig,
  resolveConfig,
  type ConfigLayer,
  type ResolvedComponent,
} from '@ard/core/host';
import { pluginLookup } from '../bundled-plugins.js';
import { parseConfigFile } from '../config-file.js';
import { defaultConfig } from '../default-config.js';
import { flagLayers } from '../flag-layers.js';
import { openPlugins } from '../open-plugins.js';
import { auto, parseTeacher } from '../teacher-choice.js';
import type { ExportFlags } from './export-command.js';
import { chooseNetwork } from './checkpoint/network-choice.js';
import { networkName } from './network-name.js';
import { readImageKind } from './student-file.js';

export interface ExportPlan {
  readonly model: ResolvedComponent;
  readonly checkpoint: string;
  readonly exporter: ResolvedComponent;
  readonly engine: ResolvedComponent;
  readonly images: Pick<Dataset, 'shape' | 'classNames'>;
  readonly directory: string;
  readonly name: string;
  /** What the user has to know, one line each. */
  readonly notes: readonly string[];
}

/** What `ard export` is to do, from what the network says of itself and from the flags. */
export async function planExport(network: string, flags: ExportFlags): Promise<ExportPlan> {
  const isRun = existsSync(join(network, 'config.json'));
  const run = isRun ? parseConfigFile(readRunConfig(network), join(network, 'config.json')) : undefined;
  const { registry } = await openPlugins(pluginLookup(process.cwd()), [
    ...(run?.plugins ?? []),
    ...(flags.plugin ?? []),
  ]);
  const choice = run === undefined ? parseTeacher(network, registry) : { checkpoint: network };
  const checkpoint = choice.checkpoint!;
  if (checkpoint === auto) throw new ArdError('Name a run or a checkpoint to export.');
  const flagged = flagLayers(flags, ['exporter', 'student', 'dataset', 'engine']);
  const chosen = await chooseNetwork(
    {
      checkpoint,
      slot: 'student',
      ...(choice.id === undefined ? {} : { id: choice.id }),
      options: {
        ...choice.options,
        ...(Object.assign({}, ...flagged.map(({ config }) => config.student?.options)) as object),
      },
    },
    registry,
  );
  const ofRun: PartialConfig = {
    ...(run?.config.dataset === undefined ? {} : { dataset: run.config.dataset }),
    ...(run?.config.engine === undefined ? {} : { engine: run.config.engine }),
  };
  const layers: ConfigLayer[] = [
    { origin: 'default', config: { engine: defaultConfig.engine } },
    { origin: 'config.json', config: ofRun },
    {
      origin: network,
      // a teacher of the store brings its options, normalisation among them
      config: choice.id === undefined ? {} : { student: { id: choice.id, options: choice.options ?? {} } },
    },
    { origin: chosen.origin, config: { student: chosen.choice } },
    { origin: '--format', config: { exporter: { id: flags.format } } },
    ...flagged,
  ];
  const { components } = await resolveConfig(layers, registry);
  return {
    model: components.student!,
    checkpoint,
    exporter: components.exporter!,
    engine: components.engine!,
    images: await imageKind(checkpoint, flags.dataset === undefined ? undefined : components.dataset, {
      otherwise: components.dataset,
    }),
    directory: flags.out ?? (isRun ? join(network, 'export') : '.'),
    notes: chosen.notes,
    name: flags.name ?? (isRun ? 'student' : networkName(checkpoint)),
  };
}

/** From the data set that the user names, the file, or the data set of the run; its images need not be there. */
async function imageKind(
  checkpoint: string,
  named: ResolvedComponent | undefined,
  { otherwise }: { readonly otherwise: ResolvedComponent | undefined },
): Promise<ExportPlan['images']> {
  if (named) return await createInstance('dataset', named);
  const stated = await readImageKind(checkpoint);
  if (stated) return stated;
  if (otherwise) return await createInstance('dataset', otherwise);
  throw new ArdError(`${checkpoint} does not say for which images the network is.`, {
    remedy: 'Name their data set, such as --dataset cifar10; only its size and classes are used.',
  });
}
