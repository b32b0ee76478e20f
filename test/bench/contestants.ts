import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, ContestantName, Subject, TimedStep } from './options.js';
import { startProcess, type StepProcess } from './step-process.js';

export type Contestants = ReadonlyMap<ContestantName, StepProcess>;

const torchScript = fileURLToPath(new URL('../../bench/torch/steps.py', import.meta.url));
const ourScript = fileURLToPath(new URL('ours/main.js', import.meta.url));

/**
 * Starts those that can be had here; each is a process of its own.
 *
 * @param missing called with the reason for each that cannot
 */
export async function startContestants(
  subject: Subject,
  options: BenchOptions,
  missing: (contestant: ContestantName, reason: string) => void,
): Promise<Contestants> {
  const started = new Map<ContestantName, StepProcess>();
  for (const name of options.contestants) {
    if (name === 'baseline' && options.baseline === undefined) continue;
    if (name === 'released' && !options.only.includes('fair-rslad-step')) continue;
    try {
      started.set(name, await startContestant(name, subject, options));
    } catch (error) {
      if (name === 'ours') throw error;
      missing(name, error instanceof Error ? error.message.trim().split('\n').at(-1)! : String(error));
    }
  }
  return started;
}

export function startOurs(subject: Subject, options: BenchOptions, script = ourScript): Promise<StepProcess> {
  const { network, batch } = subject;
  const { threads, size, engine } = options;
  return startProcess(process.execPath, [script, network, `${batch}`, `${threads}`, `${size}`, engine]);
}

export function takesPart(contestant: ContestantName, step: TimedStep): boolean {
  return contestant !== 'released' || step === 'fair-rslad-step';
}

async function startContestant(
  name: ContestantName,
  subject: Subject,
  options: BenchOptions,
): Promise<StepProcess> {
  if (name === 'ours') return startOurs(subject, options);
  if (name === 'baseline') {
    const script = join(options.baseline!, 'test/dist/bench/ours/main.js');
    if (!existsSync(script)) throw new Error(`${script} is missing: build that checkout`);
    return startOurs(subject, options, script);
  }
  const { network, batch } = subject;
  const { threads, size, python } = options;
  return startProcess(python, [torchScript, network, `${batch}`, `${threads}`, `${size}`, name]);
}
