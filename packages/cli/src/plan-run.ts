import { dirname, resolve } from 'node:path';
import { ArdError, type PartialConfig } from '@ard/core';
import { presetLayers, type ConfigLayer } from '@ard/core/host';
import { pluginLookup } from './bundled-plugins.js';
import type { CompositionFlags } from './composition-flags.js';
import { readConfigFile } from './config-file.js';
import { defaultConfig } from './default-config.js';
import { flagLayers } from './flag-layers.js';
import { openPlugins, type OpenPlugins } from './open-plugins.js';
import { quickStart, quickStartLearningRates, quickStartOrigin } from './quick-start.js';
import { auto, completeTeachers, parseTeacher } from './teacher-choice.js';

/** A run as the user described it, before anything is checked. */
export interface RunPlan {
  readonly plugins: OpenPlugins;
  /** Lowest first. */
  readonly layers: readonly ConfigLayer[];
  /** What checkpoints left open and how it was taken, one line each. */
  readonly notes: readonly string[];
  /** Whether the user named no data, so that quick-start settings apply. */
  readonly quickStart: boolean;
  /** Names that load the same plugins from anywhere. */
  readonly pluginNames: readonly string[];
}

/** Gathers presets, quick start, configuration file and flags. */
export async function planRun(flags: CompositionFlags): Promise<RunPlan> {
  const here = process.cwd();
  const file = await readConfigFile(flags.config, here);
  const projectDirectory = file === undefined ? here : dirname(file.path);
  const fromFile = (file?.plugins ?? []).map((name) => fromFolder(name, projectDirectory));
  const pluginNames = [...fromFile, ...(flags.plugin ?? []).map((name) => fromFolder(name, here))];
  const presets = [...(file?.presets ?? []), ...(flags.preset ?? [])];
  const plugins = await openPlugins(pluginLookup(projectDirectory), pluginNames, presets);

  const below = [{ origin: 'default', config: defaultConfig }, ...presetLayers(plugins.presets)];
  const above = [
    ...(file === undefined ? [] : [{ origin: file.origin, config: file.config }]),
    ...(flags.teacher === undefined
      ? []
      : [{ origin: '--teacher', config: { teacher: parseTeacher(flags.teacher, plugins.registry) } }]),
    ...(flags['clean-teacher'] === undefined ? [] : [cleanTeacherLayer(flags['clean-teacher'], plugins)]),
    ...flagLayers(flags),
  ];
  const isQuickStart = ![...below, ...above].some(({ config }) => config.dataset?.id !== undefined);
  if (isQuickStart && flags['data-dir'] !== undefined) {
    throw new ArdError('--data-dir is given, but not which data set is there.', {
      remedy: 'Add --dataset, such as --dataset cifar10; `ard list dataset` shows them.',
    });
  }
  const quick = { origin: quickStartOrigin, config: quickStartConfig([...below, ...above]) };
  const { layers, notes } = await completeTeachers(
    [...below, ...(isQuickStart ? [quick] : []), ...above],
    plugins.registry,
  );
  return { plugins, layers, notes, quickStart: isQuickStart, pluginNames };
}

function cleanTeacherLayer(text: string, { registry }: OpenPlugins): ConfigLayer {
  const origin = '--clean-teacher';
  if (text === auto) {
    throw new ArdError(`${origin} auto: only robust teachers are trained by themselves.`, {
      remedy: 'Train one with `ard train --plugin adversarial-training --preset standard`, and name its run.',
    });
  }
  return { origin, config: { cleanTeacher: parseTeacher(text, registry, origin) } };
}

function quickStartConfig(layers: readonly ConfigLayer[]): PartialConfig {
  const method = layers.findLast(({ config }) => config.method?.id !== undefined)?.config.method?.id;
  const learningRate = quickStartLearningRates[method ?? ''];
  return {
    ...quickStart,
    teacher: { checkpoint: auto },
    ...(learningRate === undefined ? {} : { optimizer: { options: { learningRate } } }),
  };
}

/** A relative path means the folder of whoever wrote it; names stay as they are. */
function fromFolder(name: string, folder: string): string {
  return name.startsWith('.') ? resolve(folder, name) : name;
}
