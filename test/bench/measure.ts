import { setTimeout } from 'node:timers/promises';
import { takesPart, type Contestants } from './contestants.js';
import type { Subject, TimedStep } from './options.js';
import { sharesOf, type Compilation, type Growth, type Measurement, type Memory } from './report.js';
import type { StepProcess } from './step-process.js';
import { compileTarget, memoryTarget, pytorchTarget, releasedTarget } from './targets.js';

const warmUpSteps = 10;
/** OpenMP's threads spin for a while after PyTorch's last operator and would slow whoever comes next. */
const settlingMilliseconds = 250;
/** Seconds from which on a step does not notice what waking up costs. */
const longStep = 0.6;
/** What a shorter one is repeated for. */
const enoughSeconds = 0.3;

/** Times one step of all contestants in alternation, so that whatever else the machine does hits all of them. */
export async function measureStep(
  { network, batch }: Subject,
  step: TimedStep,
  contestants: Contestants,
  repetitions: number,
): Promise<Measurement> {
  const seconds = [...contestants]
    .filter(([name]) => takesPart(name, step))
    .map(([name, process]) => ({ name, process, times: [] as number[] }));
  for (let repetition = -1; repetition < repetitions; repetition++) {
    for (const { process, times } of seconds) {
      if (seconds.length > 1) await setTimeout(settlingMilliseconds);
      const time = await turn(process, step);
      if (repetition >= 0) times.push(time); // the one before compiles and fills caches
    }
  }
  const medians = Object.fromEntries(seconds.map(({ name, times }) => [name, median(times)]));
  const targets = { pytorch: pytorchTarget(step, network), released: releasedTarget(network) };
  return { network, batch, step, medians, shares: sharesOf(medians, targets) };
}

/**
 * Seconds that a step takes in the middle of others like it. What is short is repeated, for threads and caches that
 * have slept wake up slowly.
 */
async function turn(process: StepProcess, step: TimedStep): Promise<number> {
  const first = await process.run(step);
  if (first >= longStep) return first;
  const times: number[] = [];
  let total = 0;
  while (total < enoughSeconds) {
    const time = await process.run(step);
    times.push(time);
    total += time;
  }
  return median(times);
}

/** Ends the contestants and asks for their peaks. */
export async function measureMemory({ network, batch }: Subject, contestants: Contestants): Promise<Memory> {
  const peak: Record<string, number> = {};
  for (const [name, process] of contestants) peak[name] = await process.quit();
  return {
    network,
    batch,
    peak,
    shares: sharesOf(peak, { pytorch: memoryTarget, released: undefined }),
  };
}

export async function measureCompilation(
  { network, batch }: Subject,
  ours: StepProcess,
): Promise<Compilation> {
  const first = await ours.run('compile');
  const again = await ours.run('compile');
  await ours.run('train-step');
  const ordinary = await ours.run('train-step');
  await ours.quit();
  return {
    network,
    batch,
    first: Math.max(0, first - ordinary),
    again: Math.max(0, again - ordinary),
    ...(network === 'resnet-18' ? { target: compileTarget } : {}),
  };
}

/** Whole steps in one process. */
export async function measureGrowth(
  { network, batch }: Subject,
  ours: StepProcess,
  steps: number,
): Promise<Growth> {
  for (let step = 0; step < warmUpSteps; step++) await ours.run('fair-rslad-step');
  const before = await ours.residentBytes();
  for (let step = 0; step < steps; step++) await ours.run('fair-rslad-step');
  const after = await ours.residentBytes();
  await ours.quit();
  return { network, batch, steps, before, after };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}
