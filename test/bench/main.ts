/**
 * `npm run bench -- [--out file.json] [--repetitions 7] [--threads 2] [--networks 20:128,18:32]`
 *
 * Times our steps and, where `/usr/bin/python3` has torch, the same steps in PyTorch (channels-last and NCHW), each
 * in a process of its own and in alternation, so that whatever else the machine does hits all of them. Prints
 * medians; the better layout counts as PyTorch's time.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startProcess, type StepProcess } from './step-process.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    repetitions: { type: 'string', default: '7' },
    threads: { type: 'string', default: '2' },
    networks: { type: 'string', default: '20:128,18:32' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});

const steps = ['attack-gradient', 'evaluation-forward', 'train-step', 'fair-rslad-step'] as const;
const torchScript = fileURLToPath(new URL('../../bench/torch_steps.py', import.meta.url));
const ourScript = fileURLToPath(new URL('our-steps.js', import.meta.url));

interface Measurement {
  readonly network: string;
  readonly step: string;
  /** Seconds, median of the repetitions, by contestant. */
  readonly medians: Readonly<Record<string, number>>;
  /** Ours divided by PyTorch's better layout. */
  readonly ratio: number | undefined;
}

interface Memory {
  readonly network: string;
  /** Bytes, by contestant. */
  readonly peak: Readonly<Record<string, number>>;
}

const measurements: Measurement[] = [];
const memories: Memory[] = [];
const versions: Record<string, string> = {};

for (const network of values.networks.split(',')) {
  const [depth = '20', batch = '128'] = network.split(':');
  const contestants = await start(depth, batch);
  const name = `ResNet-${depth}, batch ${batch}`;
  for (const step of steps) measurements.push(await measure(name, step, contestants));
  const peak: Record<string, number> = {};
  for (const [contestant, process] of contestants) peak[contestant] = await process.quit();
  memories.push({ network: name, peak });
}
print();
if (values.out !== undefined) {
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, threads: Number(values.threads) };
  await writeFile(
    values.out,
    `${JSON.stringify({ machine, versions, measurements, memories }, undefined, 2)}\n`,
  );
}

async function start(depth: string, batch: string): Promise<Map<string, StepProcess>> {
  const contestants = new Map<string, StepProcess>();
  const add = async (name: string, command: string, args: string[]): Promise<void> => {
    const process = await startProcess(command, args);
    if (!process) return;
    contestants.set(name, process);
    Object.assign(versions, process.greeting);
  };
  await add('ours', process.execPath, [ourScript, depth, batch, values.threads]);
  for (const layout of ['channels_last', 'nchw']) {
    await add(`torch ${layout}`, values.python, [torchScript, depth, batch, values.threads, layout]);
  }
  return contestants;
}

async function measure(
  network: string,
  step: string,
  contestants: Map<string, StepProcess>,
): Promise<Measurement> {
  const seconds = new Map([...contestants.keys()].map((name) => [name, [] as number[]]));
  for (let repetition = -1; repetition < Number(values.repetitions); repetition++) {
    for (const [name, process] of contestants) {
      const time = await process.run(step);
      if (repetition >= 0) seconds.get(name)!.push(time); // the first one compiles and fills caches
    }
  }
  const medians = Object.fromEntries([...seconds].map(([name, times]) => [name, median(times)]));
  const { ours, ...others } = medians;
  const best = Math.min(...Object.values(others));
  return { network, step, medians, ratio: Number.isFinite(best) ? ours! / best : undefined };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function print(): void {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${values.threads} threads`);
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name}: ${version}`)
      .join('; '),
  );
  for (const { network, step, medians, ratio } of measurements) {
    const times = Object.entries(medians).map(([name, time]) => `${name} ${(time * 1000).toFixed(0)} ms`);
    const share = ratio === undefined ? '' : `  ${ratio.toFixed(2)} of PyTorch`;
    console.log(`${network.padEnd(22)} ${step.padEnd(20)} ${times.join(', ')}${share}`);
  }
  for (const { network, peak } of memories) {
    const sizes = Object.entries(peak).map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(0)} MB`);
    console.log(`${network.padEnd(22)} ${'peak memory'.padEnd(20)} ${sizes.join(', ')}`);
  }
}
