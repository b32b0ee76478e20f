/**
 * The benchmark's steps on our engine: one process, told by lines on standard input which step to run once. Same
 * protocol as torch/steps.py. Arguments: network, batch size, threads, image size, options of the engine as JSON.
 */
import { createInterface } from 'node:readline';
import { makeEngine, makeModel } from './component.js';
import { composeFairRslad, fairRsladStep } from './fair-rslad.js';
import { makeBatch } from './inputs.js';
import { passSteps } from './passes.js';

const [name = 'resnet-20', batch = '128', threads = '2', size = '32', engineOptions = '{}'] =
  process.argv.slice(2);

const engine = await makeEngine({
  threads: Number(threads),
  ...(JSON.parse(engineOptions) as Record<string, unknown>),
});
const model = await makeModel(name, Number(size));
const inputs = makeBatch(Number(batch), Number(size));
const composition = await composeFairRslad();
const steps: Record<string, () => Promise<void>> = {
  ...passSteps(engine, model, composition.optimizer, inputs),
  'fair-rslad-step': fairRsladStep(composition, engine, model, inputs),
};

answer({ engine: engine.description });
for await (const line of createInterface({ input: process.stdin })) {
  const command = line.trim();
  if (command === 'quit') break;
  if (command === 'memory') {
    answer({ residentBytes: process.memoryUsage().rss });
    continue;
  }
  const started = performance.now();
  await steps[command]!();
  answer({ seconds: (performance.now() - started) / 1000 });
}
await engine.dispose();
answer({ peakBytes: process.resourceUsage().maxRSS * 1024 });
process.exit(0);

function answer(values: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}
