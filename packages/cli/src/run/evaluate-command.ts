import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { ArdError } from '@ard/core';
import { composeEvaluation, createEngine, createInstance, writeAtomically } from '@ard/core/host';
import { createOutput, type Output } from '../output.js';
import { acceptChecks } from './accept-checks.js';
import {
  createEvaluationDirectory,
  isComplete,
  readSummary,
  openEvaluationDirectory,
  type EvaluationDirectory,
} from './evaluate-directory.js';
import { evaluateFolder, missingDataset, type EvaluatedNetwork } from './evaluate-folder.js';
import { planEvaluation, type EvaluateFlags, type PlannedNetwork } from './evaluate-plan.js';
import { evaluationProgress } from './evaluate-progress.js';
import { networksTable, networkText, refuseUnknownChecks } from './evaluate-text.js';
import { loadTest } from './load-data.js';
import { loadNetwork } from './load-network.js';
import { stopOnSignals } from './stop-on-signals.js';

/** Exit code of a run that was stopped by Ctrl-C, as shells have it. */
const interrupted = 130;

/** `ard evaluate`. */
export async function evaluateCommand(networks: readonly string[], flags: EvaluateFlags): Promise<void> {
  const output = createOutput(flags);
  refuseUnknownChecks(flags.accept ?? []);
  if (flags.resume !== undefined && isComplete(flags.resume)) {
    reportAgain(flags.resume, flags.accept ?? [], output);
    return;
  }
  const directory =
    flags.resume === undefined
      ? await newEvaluation(networks, flags, output)
      : await resumedEvaluation(networks, flags, flags.resume);
  const stop = stopOnSignals(() => output.say('Stopping after this step …'));
  try {
    const evaluated = await evaluateAll(directory, output, stop.signal);
    const several = evaluated.length > 1;
    const summaries = evaluated.map(({ summary }) => summary);
    for (const { network, summary } of evaluated) write(join(network.folder, 'summary.json'), summary);
    if (several) write(join(directory.path, 'summary.json'), { networks: summaries });
    directory.finish();
    const texts = evaluated.map((one) => networkText(one, several ? `${one.network.name}\n` : undefined));
    output.result(
      [...texts, ...(several ? [networksTable(evaluated)] : []), `Run directory: ${directory.path}`].join(
        '\n\n',
      ),
      { runDirectory: directory.path, ...(several ? { networks: summaries } : summaries[0]!) },
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new ArdError('Stopped before the evaluation was complete; what was found is saved.', {
      exitCode: interrupted,
      remedy: `Go on with: ard evaluate --resume ${directory.path}`,
      cause: error,
    });
  } finally {
    stop.release();
    directory.close();
  }
}

/** A complete evaluation has nothing to go on with, but failures of its checks may be accepted. */
function reportAgain(path: string, accept: readonly string[], output: Output): void {
  const judged = accept.length === 0 ? undefined : acceptChecks(path, accept);
  output.result(
    judged?.text ??
      `The evaluation in ${path} is complete; its result is in ${join(path, 'summary.json')}.\nRun directory: ${path}`,
    { runDirectory: path, ...(judged?.summary ?? readSummary(path)) },
  );
}

/** One after the other, an engine each: networks of different runs may ask for different ones. */
async function evaluateAll(
  directory: EvaluationDirectory,
  output: Output,
  signal: AbortSignal,
): Promise<readonly EvaluatedNetwork[]> {
  const evaluated: EvaluatedNetwork[] = [];
  for (const network of directory.networks) {
    const engine = await createEngine(network.config.components.engine!);
    const progress = evaluationProgress(network.name, output);
    try {
      evaluated.push(
        await evaluateFolder(network, engine, {
          signal,
          progress: (event) => progress.update(event),
          say: (line) => output.say(line),
        }),
      );
    } finally {
      progress.stop();
      await engine.dispose();
    }
  }
  return evaluated;
}

async function newEvaluation(
  networks: readonly string[],
  flags: EvaluateFlags,
  output: Output,
): Promise<EvaluationDirectory> {
  if (networks.length === 0) {
    throw new ArdError('Name a run or a checkpoint to evaluate.', {
      remedy: 'Such as: ard evaluate runs/x, or ard evaluate a.safetensors b.safetensors --dataset cifar10.',
    });
  }
  const planned = [];
  for (const network of networks) planned.push(await planEvaluation(network, flags, output));
  await checkPlan(planned);
  const name = flags.name ?? defaultName(planned[0]!.checkpoint, networks.length);
  const directory = createEvaluationDirectory(flags['run-dir'] ?? join('runs', name), planned);
  output.say(`Run directory: ${directory.path}`);
  return directory;
}

/** Finds out before anything is written whether all of it can be done, on the same images. */
async function checkPlan(planned: readonly PlannedNetwork[]): Promise<void> {
  const seen = new Set<string>();
  for (const { config, registry, checkpoint } of planned) {
    await composeEvaluation(config, registry);
    const { student, dataset } = config.components;
    const images = await createInstance('dataset', dataset ?? missingDataset(checkpoint));
    const test = await loadTest(
      images,
      config.training.values.testSamples,
      config.evaluation.values.batchSize,
    );
    await loadNetwork(await createInstance('model', student!), checkpoint, test.images);
    const hash = createHash('sha256').update(test.images.images).update(Uint8Array.from(test.images.labels));
    seen.add(hash.digest('hex'));
  }
  if (seen.size === 1) return;
  throw new ArdError('These networks would be evaluated on different images.', {
    remedy: 'Name one data set for all of them with --dataset.',
  });
}

async function resumedEvaluation(
  networks: readonly string[],
  flags: EvaluateFlags,
  path: string,
): Promise<EvaluationDirectory> {
  const allowed = ['resume', 'accept', 'quiet', 'json'];
  const extra = Object.entries(flags).find(([name, value]) => !allowed.includes(name) && value !== undefined);
  if (extra !== undefined || networks.length > 0) {
    const what = extra === undefined ? networks[0]! : `--${extra[0]}`;
    throw new ArdError(`--resume goes on with the settings of the evaluation; ${what} cannot change them.`, {
      remedy: `Leave ${what} out, or start a new evaluation.`,
    });
  }
  return await openEvaluationDirectory(path, flags.accept);
}

/** `evaluate-x-20261124-213045`: says what it is, and sorts by time. */
function defaultName(network: string, count: number): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const subject = basename(network).replace(/\.[a-z]+$/i, '');
  return `evaluate-${subject}${count > 1 ? `-and-${count - 1}` : ''}-${time}`;
}

function write(path: string, content: unknown): void {
  writeAtomically(path, `${JSON.stringify(content, undefined, 2)}\n`);
}
