import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ArdError } from '../errors.js';
import { fileError } from '../file-error.js';

/**
 * Keeps two processes from training in one run directory. The lock names its process; one whose process is gone
 * (a killed run) is taken over.
 *
 * @returns a function that gives the lock back
 */
export function lockRun(directory: string): () => void {
  const path = join(directory, 'run.lock');
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid} ${hostname()}\n`);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('write to', directory, error);
      refuseLiving(path, directory);
      rmSync(path, { force: true });
    }
  }
}

function refuseLiving(path: string, directory: string): void {
  const [pid, host] = readFileSync(path, 'utf8').trim().split(' ');
  if (host !== hostname() && host !== undefined) {
    throw new ArdError(`${directory} is in use by process ${pid} on ${host}.`, {
      remedy: `If that process is gone, delete ${path} and try again.`,
    });
  }
  if (Number(pid) !== process.pid && isAlive(Number(pid))) {
    throw new ArdError(`${directory} is in use by process ${pid}.`, {
      remedy: 'Wait for it to end, or stop it with Ctrl-C and resume then.',
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
