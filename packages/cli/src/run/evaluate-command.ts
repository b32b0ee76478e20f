import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, type PartialConfig } from '@ard/core';
import {
  composeEvaluation,
  createEngine,
  createInstance,
  readRunConfig,
  resolveConfig,
  type ConfigLayer,
  type Registry,
  type ResolvedComponent,
  type ResolvedConfig,
} from '@ard/core/host';
import { classTable } from '@ard/report';
import { pluginLookup } from '../bundled-plugins.js';
import type { CompositionFlags } from '../composition-flags.js';
import { parseConfigFile } from '../config-file.js';
import { defaultConfig } from '../default-config.js';
import { flagLayers } from '../flag-layers.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput, type Output } from '../output.js';
import { auto, parseTeacher } from '../teacher-choice.js';
import { chooseNetwork } from './checkpoint/network-choice.js';
import { configuredEvaluator, evaluateOnce } from './evaluate-network.js';
import { loadTest } from './load-data.js';
import { loadNetwork } from './load-network.js';
import { stopOnSignals } from './stop-on-signals.js';
import { evaluationRecord, summarise } from './write-results.js';

export interface EvaluateFlags extends CompositionFlags {
  readonly attack?: readonly string[];
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `ard evaluate`. */
export async function evaluateCommand(network: string, flags: EvaluateFlags): Promise<void> {
  const output = createOutput(flags);
  const { config, checkpoint, registry } = await plan(network, flags, output);
  const { student, dataset, engine } = config.components;
  const images = await createInstance('dataset', dataset ?? missingDataset(network));
  const { batchSize } = config.evaluation.values;
  const test = await loadTest(images, config.training.values.testSamples, batchSize);
  output.say(`test images: ${test.images.source}`);
  const { model, variables } = await loadNetwork(
    await createInstance('model', student!),
    checkpoint,
    test.images,
  );
  const evaluation = await composeEvaluation(config, registry);
  const running = await createEngine(engine!);
  const stop = stopOnSignals(() => output.say('Stopping …'));
  try {
    const evaluator = configuredEvaluator(running, model, evaluation, config.evaluation.values);
    const result = await evaluateOnce(evaluator, variables, test.batches, {
      signal: stop.signal,
      progress: ({ done, total }) => {
        if (output.progress && process.stderr.isTTY) process.stderr.write(`\r${done}/${total} images`);
      },
    });
    if (output.progress && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    const record = evaluationRecord(result, test.images.classNames, { config });
    output.result(classTable(record, { colour: process.stdout.isTTY, width: process.stdout.columns }), {
      network: checkpoint,
      model: model.name,
      engine: running.description,
      ...summarise(record),
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new ArdError('Stopped before the evaluation was complete.', { exitCode: 130, cause: error });
  } finally {
    stop.release();
    await running.dispose();
  }
}

interface Planned {
  readonly config: ResolvedConfig;
  readonly checkpoint: string;
  readonly registry: Registry;
}

/** A run brings its configuration; a file brings its architecture, in its header or before a colon. */
async function plan(network: string, flags: EvaluateFlags, output: Output): Promise<Planned> {
  const run = isRun(network)
    ? parseConfigFile(readRunConfig(network), join(network, 'config.json'))
    : undefined;
  const { registry } = await openPlugins(pluginLookup(process.cwd()), [
    ...(run?.plugins ?? []),
    ...(flags.plugin ?? []),
  ]);
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
  const flagged = flagLayers(flags);
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
    ...(flags.attack === undefined
      ? []
      : [{ origin: '--attack', config: { evaluation: { attacks: flags.attack } } }]),
    ...flagged,
  ];
  return { config: await resolveConfig(layers, registry), checkpoint, registry };
}

function isRun(path: string): boolean {
  return (
    (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false) &&
    existsSync(join(path, 'config.json'))
  );
}

function missingDataset(network: string): ResolvedComponent {
  throw new ArdError(`${network} does not say which images to evaluate on.`, {
    remedy: 'Add --dataset, such as --dataset cifar10 --data-dir cifar-10-batches-bin.',
  });
}
