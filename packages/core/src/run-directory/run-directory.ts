import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointStore } from '../contracts/checkpoint-store.js';
import { ArdError } from '../errors.js';
import { fileError } from '../file-error.js';
import type { TrainingEventMap } from '../training/training-events.js';
import type { TrainingState } from '../training/training-state.js';
import { isFreeForRun } from './is-free-for-run.js';
import { makeFolder } from './make-folder.js';
import { openMetricsLog, type MetricsLog } from './metrics-log.js';
import { lockRun } from './run-lock.js';
import { restoreState, storeState } from './training-checkpoint.js';
import { writeAtomically } from './write-atomically.js';

/**
 * What a run leaves behind (design.md 8). `config.json` and `plugins.lock.json` are written once; `metrics.jsonl`
 * holds what happened and is the same for a run that was killed and resumed; `timing.jsonl` holds when.
 */
export interface RunDirectory {
  readonly path: string;
  /** The state to resume from; absent when the run was killed before its first checkpoint. */
  readonly resumeFrom: TrainingState | undefined;
  /**
   * Appends an event to the log.
   *
   * @param times what the clock has to say about it; these stay out of the metrics
   */
  record<Name extends 'start' | 'step' | 'epoch' | 'end'>(
    name: Name,
    event: TrainingEventMap[Name],
    times?: Readonly<Record<string, number>>,
  ): void;
  /** @returns the file that was written */
  saveCheckpoint(state: TrainingState): Promise<string>;
  /** Writes any other file of the run, atomically. */
  write(name: string, content: string | Uint8Array): void;
  /** Closes the logs and gives up the lock. */
  close(): void;
}

const checkpointFile = join('checkpoints', 'last.safetensors');

/**
 * Starts a run in a new or empty folder.
 *
 * @param config the fully resolved configuration
 * @param plugins versions of everything that took part
 * @throws ArdError when the folder holds something already, or cannot be written
 */
export function createRunDirectory(
  path: string,
  records: { readonly config: unknown; readonly plugins: unknown },
  store: CheckpointStore,
): RunDirectory {
  if (!isFreeForRun(path)) {
    throw new ArdError(`${path} already exists and is not empty.`, {
      remedy: isRun(path)
        ? `Go on with it (ard train --resume ${path}) or choose another name (--run-dir).`
        : 'Choose another folder (--run-dir).',
    });
  }
  try {
    makeFolder(join(path, 'checkpoints'));
  } catch (error) {
    throw fileError('create', path, error);
  }
  const unlock = lockRun(path);
  try {
    writeAtomically(join(path, 'plugins.lock.json'), `${JSON.stringify(records.plugins, null, 2)}\n`);
    writeAtomically(join(path, 'config.json'), `${JSON.stringify(records.config, null, 2)}\n`);
    return runDirectory(path, store, undefined, 0, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Opens a run to go on with it: cuts its log back to its last checkpoint.
 *
 * @throws ArdError when there is no run, its checkpoint cannot be read, or another process is at it
 */
export async function openRunDirectory(path: string, store: CheckpointStore): Promise<RunDirectory> {
  if (!isRun(path)) {
    throw new ArdError(`There is no run in ${path}.`, {
      remedy: 'Give the folder that ard train printed; it holds a config.json.',
    });
  }
  const unlock = lockRun(path);
  try {
    const file = join(path, checkpointFile);
    if (!existsSync(file)) return runDirectory(path, store, undefined, 0, unlock);
    const { state, metricsBytes } = restoreState(await store.load(file), file);
    return runDirectory(path, store, state, metricsBytes, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The configuration that a run was started with. */
export function readRunConfig(path: string): unknown {
  const file = join(path, 'config.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ArdError(`${file} is not valid JSON: ${error.message}`, { cause: error });
    }
    throw fileError('read', file, error);
  }
}

function isRun(path: string): boolean {
  return existsSync(join(path, 'config.json'));
}

function runDirectory(
  path: string,
  store: CheckpointStore,
  resumeFrom: TrainingState | undefined,
  metricsBytes: number,
  unlock: () => void,
): RunDirectory {
  const metrics: MetricsLog = openMetricsLog(join(path, 'metrics.jsonl'), metricsBytes);
  const timing: MetricsLog = openMetricsLog(join(path, 'timing.jsonl'), timingBytes(path));
  const checkpoint = join(path, checkpointFile);
  return {
    path,
    resumeFrom,
    record(name, event, times) {
      // whether a run was interrupted must not show in what it measured
      if (name === 'step' || name === 'epoch') metrics.append({ event: name, ...event });
      const { epoch, step } = event as { epoch?: number; step?: number };
      timing.append({ event: name, epoch, step, time: new Date().toISOString(), ...times });
    },
    async saveCheckpoint(state) {
      metrics.flush();
      await store.save(checkpoint, await storeState(state, metrics.bytes));
      return checkpoint;
    },
    write: (name, content) => writeAtomically(join(path, name), content),
    close() {
      metrics.close();
      timing.close();
      unlock();
    },
  };
}

/** Times are kept, also those of steps that a resumed run repeats. */
function timingBytes(path: string): number {
  const file = join(path, 'timing.jsonl');
  return existsSync(file) ? readFileSync(file).length : 0;
}
