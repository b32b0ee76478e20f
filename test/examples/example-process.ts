import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiled program of an example, below `examples/`. */
function program(path: string): string {
  return fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url));
}

/** Runs a program of an example to its end. */
export function runExample(path: string, args: readonly string[], folder: string) {
  return spawnSync(process.execPath, [program(path), ...args], { cwd: folder, encoding: 'utf8' });
}

export interface ExampleServer {
  /** Ends in a slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a program of an example that serves, and waits for the address that it prints. */
export async function serveExample(path: string, args: readonly string[]): Promise<ExampleServer> {
  const child = spawn(process.execPath, [program(path), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      const [found] = /http:\/\/\S+\//.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('close', () => reject(new Error(`${path} ended without an address: ${printed}`)));
  });
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
