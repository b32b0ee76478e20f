import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { CliRequest } from './cli-server.js';

export const bin = fileURLToPath(new URL('../../../packages/cli/bin/ard.js', import.meta.url));

const serverProgram = fileURLToPath(new URL('./cli-server.js', import.meta.url));

const environment = () => ({ ...process.env, ARD_DEBUG: '', NO_COLOR: '1', FORCE_COLOR: undefined });

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

/** Starts the real command line in a folder of its own, with a cache and installed plugins of its own. */
export function startCli(args: readonly string[], folder: string): CliProcess {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: {
      ...environment(),
      ARD_CACHE_DIR: join(folder, 'cache'),
      XDG_DATA_HOME: join(folder, 'data-home'),
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

/** Runs a command to its end, in the process that {@link serveCli} keeps; {@link startCli} gives it one of its own. */
export async function runCli(args: readonly string[], folder: string): Promise<CliResult> {
  server ??= serveCli();
  return await server(args, folder);
}

let server: typeof runCli | undefined;

/**
 * Starts the command line once for all commands, as most of the time of a short command goes into loading it. Commands
 * run one after the other, in the order in which they are asked for.
 */
function serveCli(): typeof runCli {
  const child = spawn(process.execPath, [serverProgram], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const died = new Promise<never>((_, reject) =>
    child.on('close', (code) => reject(new Error(`The server of commands ended with ${code}.`))),
  );
  died.catch(() => (server = undefined));
  const outputs = [answers(child.stdout!), answers(child.stderr!)] as const;
  let last: Promise<unknown> = Promise.resolve();
  const handles = [child, child.channel, child.stdout, child.stderr] as readonly Handle[];
  const run = async (request: CliRequest): Promise<CliResult> => {
    // it must not keep the tests from ending, but tests have to wait for it
    for (const handle of handles) handle.ref();
    child.send(request);
    const [out, err] = await Promise.race([Promise.all(outputs.map((next) => next())), died]);
    for (const handle of handles) handle.unref();
    return { code: out!.code, stdout: out!.text, stderr: err!.text };
  };
  return (args, folder) => {
    const result = last.then(() => run({ args, folder }));
    last = result.catch(() => undefined);
    return result;
  };
}

interface Handle {
  ref(): void;
  unref(): void;
}

/** Splits an output of the server where a command ended. */
function answers(stream: Readable): () => Promise<{ readonly text: string; readonly code: number }> {
  let text = '';
  let check = (): void => undefined;
  stream.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    check();
  });
  return () =>
    new Promise((resolve) => {
      check = () => {
        const [whole, before, code] = /^([^\0]*)\0(\d+)\n/.exec(text) ?? [];
        if (whole === undefined) return;
        text = text.slice(whole.length);
        check = () => undefined;
        resolve({ text: before!, code: Number(code) });
      };
      check();
    });
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
