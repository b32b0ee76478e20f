/**
 * `node test/dist/bench/reweighting.js [repetitions]`
 *
 * What fair weighting costs: trains ResNet-20 with RSLAD and with Fair-RSLAD through the real command line, in
 * alternation, and compares the median time of a step. Kappa is counted inside the attack that runs anyway and the
 * weights are one multiplication, so the ratio should not be told from 1.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder } from '../e2e/cli-process.js';

const repetitions = Number(process.argv[2] ?? 3);
const data = ['--dataset', 'generated', '--set', 'dataset.trainCount=1280', '--set', 'dataset.testCount=10'];
const folder = await temporaryFolder();

try {
  await run([
    ...[
      'train',
      '--plugin',
      'adversarial-training',
      ...data,
      '--student',
      'resnet-8',
      '--train-samples',
      '80',
    ],
    ...['--epochs', '1', '--set', 'attack.steps=1', '--name', 'teacher'],
  ]);
  const times: Record<string, number[]> = { 'method-rslad': [], 'fair-geometric': [] };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [plugin, steps] of Object.entries(times)) {
      const name = `${plugin}-${repetition}`;
      await run([
        ...['train', '--plugin', plugin, ...data, '--student', 'resnet-20', '--teacher', 'runs/teacher'],
        ...['--epochs', '1', '--batch-size', '128', '--name', name],
      ]);
      steps.push(...stepSeconds(join(folder.path, 'runs', name, 'timing.jsonl')));
    }
  }
  const [plain, fair] = [median(times['method-rslad']!), median(times['fair-geometric']!)];
  console.log(
    `RSLAD ${milliseconds(plain)} a step, Fair-RSLAD ${milliseconds(fair)}, ratio ${(fair / plain).toFixed(3)}`,
  );
} finally {
  await folder.remove();
}

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(
    [...args, '--quiet', '--set', 'evaluation.attacks=[fgsm]'],
    folder.path,
  );
  if (code !== 0) throw new Error(stderr);
}

/** Seconds between steps; the first of a run compiles and is left out. */
function stepSeconds(file: string): number[] {
  const times = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; time: string })
    .filter(({ event }) => event === 'step')
    .map(({ time }) => Date.parse(time) / 1000);
  return times.slice(2).map((time, index) => time - times[index + 1]!);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function milliseconds(seconds: number): string {
  return `${Math.round(1000 * seconds)} ms`;
}
