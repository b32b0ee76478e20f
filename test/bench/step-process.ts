import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that runs named steps and says how long each took. */
export interface StepProcess {
  /** Its first line, such as a version. */
  readonly greeting: Readonly<Record<string, string>>;
  /** Runs a step once; seconds. */
  run(step: string): Promise<number>;
  /** Ends it; its peak memory in bytes. */
  quit(): Promise<number>;
}

/** @returns undefined where the program is missing or fails before its first line */
export async function startProcess(
  command: string,
  args: readonly string[],
): Promise<StepProcess | undefined> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<Record<string, number>> => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended at ${line}`);
    return JSON.parse(value) as Record<string, number>;
  };
  const { value, done } = await lines.next();
  if (done) return undefined;
  return {
    greeting: JSON.parse(value) as Record<string, string>,
    run: async (step) => (await ask(step)).seconds!,
    quit: async () => (await ask('quit')).peakBytes!,
  };
}
