import { execFile, type ExecFileException } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Availability, EngineProvider } from '@ard/core';
import { providerNames, providers, type ProviderName } from './providers.js';

const script = fileURLToPath(new URL('./provider-process.js', import.meta.url));

/** Long enough for a driver that compiles shaders for the first time. */
const timeLimit = 60_000;

/** Starts every provider in a process of its own: native code that fails may end its process. */
export async function tryProviders(): Promise<readonly EngineProvider[]> {
  return await Promise.all(
    providerNames.map(async (name) => ({ name, availability: await tryInProcess(name, script) })),
  );
}

/** @param program prints an availability as JSON in its last line, given the name of a provider */
export function tryInProcess(name: ProviderName, program: string, limit = timeLimit): Promise<Availability> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, name], { timeout: limit }, (error, stdout) => {
      const answer = stdout.trim().split('\n').at(-1) ?? '';
      if (answer.startsWith('{')) resolve(JSON.parse(answer) as Availability);
      else resolve({ available: false, cause: endOf(error, limit), remedy: providers[name].remedy });
    });
  });
}

function endOf(error: ExecFileException | null, limit: number): string {
  if (error?.killed) return `the process that tried it was still busy after ${limit / 1000} s`;
  if (error?.signal) return `it ends the process that starts it (${error.signal})`;
  return `the process that tried it ended without an answer (exit code ${String(error?.code ?? 0)})`;
}
