import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../packages/cli/bin/ard.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly process: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves when standard output holds the text. */
  printed(text: string): Promise<void>;
}

/** Starts the real command line in a folder of its own, with a cache of its own. */
export function startCli(args: readonly string[], folder: string): CliProcess {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      ARD_CACHE_DIR: join(folder, 'cache'),
      ARD_DEBUG: '',
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    for (const check of waiting) check();
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const result = new Promise<CliResult>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  return {
    process: child,
    result,
    async printed(text) {
      const seen = new Promise<void>((resolve) => {
        const check = (): void => {
          if (stdout.includes(text)) resolve();
        };
        waiting.push(check);
        check();
      });
      const ended = result.then(({ stderr: reason }) => {
        if (!stdout.includes(text)) throw new Error(`ended without printing "${text}": ${stdout}${reason}`);
      });
      await Promise.race([seen, ended]);
    },
  };
}

export async function runCli(args: readonly string[], folder: string): Promise<CliResult> {
  return await startCli(args, folder).result;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ard-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A training that takes a second or two: generated images of 8 x 8, a small network, two attack steps. */
export const tinyTraining = [
  ...['--plugin', 'adversarial-training', '--student', 'small-cnn', '--set', 'student.widths=[4, 8]'],
  ...['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.trainCount=40'],
  ...['--set', 'dataset.testCount=20', '--batch-size', '10', '--set', 'attack.steps=2'],
  ...['--set', 'evaluation.attacks=[fgsm]', '--set', 'optimizer.learningRate=0.01'],
];
