import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that runs named steps and says how long each took. */
export interface StepProcess {
  /** Its first line, such as a version. */
  readonly greeting: Readonly<Record<string, string>>;
  /** Runs a step once; seconds. */
  run(step: string): Promise<number>;
  /** Resident memory now, in bytes; only of ours. */
  residentBytes(): Promise<number>;
  /** Ends it; its peak memory in bytes. */
  quit(): Promise<number>;
}

/** @throws Error with what the program said where it is missing or fails */
export async function startProcess(command: string, args: readonly string[]): Promise<StepProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint = `${complaint}${data.toString()}`.slice(-2000)));
  child.on('error', (error) => (complaint += error.message));
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${args.join(' ')} ended: ${complaint}`);
    return JSON.parse(value);
  };
  const ask = async (line: string): Promise<Record<string, number>> => {
    child.stdin.write(`${line}\n`);
    return (await next()) as Record<string, number>;
  };
  return {
    greeting: (await next()) as Record<string, string>,
    run: async (step) => (await ask(step)).seconds!,
    residentBytes: async () => (await ask('memory')).residentBytes!,
    quit: async () => (await ask('quit')).peakBytes!,
  };
}
