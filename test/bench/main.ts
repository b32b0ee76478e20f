/**
 * `npm run bench -- --help`
 *
 * Times our steps and, where there is a Python with torch, the same steps in PyTorch: written well (channels-last
 * and NCHW, of which the better counts) and in the manner of the published code. A benchmark decides no test.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { startContestants, startOurs } from './contestants.js';
import { measureCompilation, measureGrowth, measureMemory, measureStep } from './measure.js';
import { parseOptions, timedSteps, usage, type BenchOptions } from './options.js';
import type { BenchReport, Compilation, Growth, Measurement, Memory } from './report.js';
import { printReport } from './table.js';

/** The smallest of the subjects tells as much about growth as the others. */
const growthBatch = 16;

async function bench(options: BenchOptions): Promise<BenchReport> {
  const measurements: Measurement[] = [];
  const memory: Memory[] = [];
  const compilation: Compilation[] = [];
  const growth: Growth[] = [];
  const versions: Record<string, string> = {};
  const steps = timedSteps.filter((step) => options.only.includes(step));
  for (const subject of options.subjects) {
    if (options.only.includes('compile')) {
      compilation.push(await measureCompilation(subject, await startOurs(subject, options)));
    }
    if (steps.length === 0) continue;
    const contestants = await startContestants(subject, options, (name, reason) =>
      console.error(`${subject.network}: no contestant ${name}: ${reason}`),
    );
    for (const { greeting } of contestants.values()) Object.assign(versions, greeting);
    for (const step of steps) {
      measurements.push(await measureStep(subject, step, contestants, options.repetitions));
    }
    memory.push(await measureMemory(subject, contestants));
  }
  if (options.only.includes('memory-growth')) {
    const { network, batch } = options.subjects[0]!;
    const subject = { network, batch: Math.min(batch, growthBatch) };
    growth.push(await measureGrowth(subject, await startOurs(subject, options), options.growthSteps));
  }
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { processor, cores: cpus().length, threads: options.threads },
    repetitions: options.repetitions,
    versions,
    measurements,
    memory,
    compilation,
    growth,
  };
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
  } else {
    const report = await bench(options);
    console.log(printReport(report));
    if (options.out !== undefined) {
      await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
