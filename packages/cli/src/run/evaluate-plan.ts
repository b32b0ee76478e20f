import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, type PartialConfig } from '@ard/core';
import {
  readRunConfig,
  resolveConfig,
  type ConfigLayer,
  type Registry,
  type ResolvedConfig,
} from '@ard/core/host';
import { pluginLookup } from '../bundled-plugins.js';
import type { CompositionFlags } from '../composition-flags.js';
import { parseConfigFile } from '../config-file.js';
import { defaultConfig } from '../default-config.js';
import { flagLayers } from '../flag-layers.js';
import { openPlugins } from '../open-plugins.js';
import type { Output } from '../output.js';
import { auto, parseTeacher } from '../teacher-choice.js';
import { chooseNetwork } from './checkpoint/network-choice.js';
import { isEvaluation } from './evaluate-directory.js';

/** One network of an evaluation, with every option resolved. */
export interface PlannedNetwork {
  readonly config: ResolvedConfig;
  readonly checkpoint: string;
  readonly registry: Registry;
  /** Names that load the same plugins again. */
  readonly pluginNames: readonly string[];
}

export interface EvaluateFlags extends CompositionFlags {
  readonly attack?: readonly string[];
  readonly accept?: readonly string[];
  readonly 'save-adversarials'?: string;
  readonly epsilons?: string;
  readonly name?: string;
  readonly 'run-dir'?: string;
  readonly resume?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A run brings its configuration; a file brings its architecture, in its header or before a colon. */
export async function planEvaluation(
  network: string,
  flags: EvaluateFlags,
  output: Output,
): Promise<PlannedNetwork> {
  refuseEvaluation(network);
  const run = isRun(network)
    ? parseConfigFile(readRunConfig(network), join(network, 'config.json'))
    : undefined;
  const pluginNames = [...(run?.plugins ?? []), ...(flags.plugin ?? [])];
  const { registry } = await openPlugins(pluginLookup(process.cwd()), pluginNames);
  const choice = run === undefined ? parseTeacher(network, registry) : { checkpoint: network };
  const checkpoint = choice.checkpoint!;
  if (checkpoint === auto) throw new ArdError('Name a run or a checkpoint to evaluate.');
  // only what an evaluation needs: how the network was trained does not matter any more
  const { dataset, engine, evaluation, training } = run?.config ?? {};
  const fromRun: PartialConfig = {
    ...(dataset === undefined ? {} : { dataset }),
    ...(engine === undefined ? {} : { engine }),
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(training?.testSamples === undefined ? {} : { training: { testSamples: training.testSamples } }),
  };
  const flagged = flagLayers(flags, ['evaluation', 'student', 'dataset', 'engine']);
  const chosen =
    run?.config.student === undefined
      ? await chooseNetwork(
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
        )
      : undefined;
  for (const note of chosen?.notes ?? []) output.say(note);
  const networkLayers: ConfigLayer[] = [
    ...(run?.config.student === undefined
      ? []
      : [{ origin: network, config: { student: run.config.student } }]),
    ...(choice.id === undefined
      ? []
      : [{ origin: network, config: { student: { id: choice.id, options: choice.options ?? {} } } }]),
    ...(chosen === undefined ? [] : [{ origin: chosen.origin, config: { student: chosen.choice } }]),
  ];
  const layers: ConfigLayer[] = [
    { origin: 'default', config: { engine: defaultConfig.engine } },
    { origin: 'config.json', config: fromRun },
    ...networkLayers,
    ...evaluationLayers(flags),
    ...flagged,
  ];
  return { config: await resolveConfig(layers, registry), checkpoint, registry, pluginNames };
}

/** Flags that are short for options of the evaluation. */
function evaluationLayers(flags: EvaluateFlags): ConfigLayer[] {
  const given: readonly (readonly [keyof EvaluateFlags, string])[] = [
    ['attack', 'attacks'],
    ['accept', 'accept'],
    ['save-adversarials', 'saveAdversarials'],
  ];
  const { epsilons } = flags;
  const radii = epsilons?.split(',').map((radius) => radius.trim());
  return [
    ...(radii ? [{ origin: '--epsilons', config: { evaluation: { epsilons: radii } } }] : []),
    ...given.flatMap(([flag, option]) =>
      flags[flag] === undefined
        ? []
        : [{ origin: `--${flag}`, config: { evaluation: { [option]: flags[flag] } } }],
    ),
  ];
}

/** The folder of an evaluation holds no network. */
function refuseEvaluation(path: string): void {
  if (!isRun(path) || !isEvaluation(path)) return;
  throw new ArdError(`${path} is an evaluation, not a network.`, {
    remedy: `Go on with it: ard evaluate --resume ${path}`,
  });
}

function isRun(path: string): boolean {
  return (
    (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false) &&
    existsSync(join(path, 'config.json'))
  );
}
