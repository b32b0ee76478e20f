import { accessSync, constants, existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { isFreeForRun, makeFolder, readRunConfig, type Composition } from '@ard/core/host';
import { classTable } from '@ard/report';
import { pluginLookup } from '../bundled-plugins.js';
import type { CompositionFlags } from '../composition-flags.js';
import { parseConfigFile } from '../config-file.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput, type Output } from '../output.js';
import { planRun } from '../plan-run.js';
import { terminal } from '../text/terminal.js';
import { runRemarks } from './run-remarks.js';
import { stopOnSignals } from './stop-on-signals.js';
import { trainStudent, type TrainingJob, type TrainingOutcome } from './train-student.js';
import { bestText, evaluationRecord, summarise } from './write-results.js';

export interface TrainFlags extends CompositionFlags {
  readonly name?: string;
  readonly 'run-dir'?: string;
  readonly resume?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Exit code of a run that was stopped by Ctrl-C, as shells have it. */
const interrupted = 130;

/** `ard train`. */
export async function trainCommand(flags: TrainFlags): Promise<void> {
  const output = createOutput(flags);
  const planned =
    flags.resume === undefined ? await newRun(flags, output) : await resumedRun(flags, flags.resume);
  const stop = stopOnSignals(() => output.say('\nStopping after this step; once more stops at once …'));
  const { composition, pluginNames, directory, resume } = planned;
  const job: TrainingJob = {
    composition,
    pluginNames,
    directory,
    resume,
    title: 'student',
    output,
    signal: stop.signal,
  };
  try {
    const outcome = await trainStudent(job);
    if (outcome.stopped) reportStop(job, outcome);
    else reportResult(job, outcome);
  } finally {
    stop.release();
    planned.tidy();
  }
}

interface Planned extends Pick<TrainingJob, 'composition' | 'pluginNames' | 'directory' | 'resume'> {
  /** Takes away the folder that was made for a run which left nothing in it. */
  tidy(): void;
}

async function newRun(flags: TrainFlags, output: Output): Promise<Planned> {
  const plan = await planRun(flags);
  const { plugins, layers, quickStart, pluginNames } = plan;
  const composition = await plugins.composer.compose(layers);
  for (const remark of runRemarks(plan, composition)) output.say(remark);
  if (quickStart) output.say('Quick start: generated images and short settings; --dataset takes your own.');
  const directory = flags['run-dir'] ?? join('runs', flags.name ?? defaultName(composition));
  const tidy = reserve(directory);
  return { composition, pluginNames, directory, resume: false, tidy };
}

async function resumedRun(flags: TrainFlags, directory: string): Promise<Planned> {
  const allowed = ['resume', 'quiet', 'json'];
  const extra = Object.entries(flags).find(([name, value]) => !allowed.includes(name) && value !== undefined);
  if (extra !== undefined) {
    throw new ArdError(`--resume goes on with the settings of the run; --${extra[0]} cannot change them.`, {
      remedy: `Leave --${extra[0]} out, or start a new run.`,
    });
  }
  if (!existsSync(join(directory, 'config.json'))) {
    throw new ArdError(`There is no run in ${directory}.`, {
      remedy: 'Give the folder that ard train printed; it holds a config.json.',
    });
  }
  const file = parseConfigFile(readRunConfig(directory), join(directory, 'config.json'));
  const plugins = await openPlugins(pluginLookup(process.cwd()), file.plugins);
  const composition = await plugins.composer.compose([{ origin: 'config.json', config: file.config }]);
  return { composition, pluginNames: file.plugins, directory, resume: true, tidy: () => undefined };
}

/**
 * Finds out before anything expensive whether the run can be kept where it should.
 *
 * @returns what takes the folder away again when it is still empty in the end
 */
function reserve(directory: string): () => void {
  if (!isFreeForRun(directory)) {
    throw new ArdError(`${directory} already exists and is not empty.`, {
      remedy: existsSync(join(directory, 'config.json'))
        ? `Go on with it (ard train --resume ${directory}) or choose another name (--name).`
        : 'Choose another folder (--run-dir).',
    });
  }
  const isNew = !existsSync(directory);
  try {
    makeFolder(directory);
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw fileError('create', resolve(directory), error);
  }
  return () => {
    if (isNew && existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
  };
}

/** `rslad-generated-20261124-213045`: sorts by time, and says what it is. */
function defaultName({ config: { components } }: Composition): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const parts = [components.strategy, components.method, components.dataset].flatMap((part) =>
    part === undefined ? [] : [part.named.component.id],
  );
  return [...parts, time].join('-');
}

function reportStop({ directory }: TrainingJob, { begun }: TrainingOutcome): void {
  const next = begun
    ? `Go on with: ard train --resume ${directory}`
    : 'Run the same command again: the teacher goes on where it was, the student had not begun.';
  process.stderr.write(`Stopped; everything so far is saved. ${next}\n`);
  process.exitCode = interrupted;
}

function reportResult(
  { output, directory, composition }: TrainingJob,
  { evaluation, epsilonCurve, best, data }: TrainingOutcome,
): void {
  const record = {
    ...evaluationRecord(evaluation!, data.images.classNames, composition),
    ...(epsilonCurve ? { epsilonCurve } : {}),
  };
  const table = classTable(record, terminal());
  const selected = best ? `\nBest student: ${bestText(best, composition)}` : '';
  output.result(`\n${table}\n${selected}\nRun directory: ${directory}`, {
    runDirectory: directory,
    ...summarise(record),
  });
}
