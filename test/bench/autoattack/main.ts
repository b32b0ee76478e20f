/**
 * `npm run bench:autoattack -- --help`
 *
 * Times AutoAttack's standard members on the same network, images, radius and threads: ours, and the reference
 * implementation in PyTorch where a checkout of it is named. Compilation is part of our time.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareContest, runOurs, runReference, type Outcome } from './contest.js';
import { parseOptions, usage, type AutoAttackBenchOptions } from './options.js';

/** Largest share of the reference's time; issue "Attacks and evaluation". */
const target = 0.65;

async function bench(options: AutoAttackBenchOptions): Promise<{ ours: Outcome; reference?: Outcome }> {
  const folder = await mkdtemp(join(tmpdir(), 'ard-autoattack-'));
  try {
    await prepareContest(folder, options);
    const [ours, reference]: [Outcome[], Outcome[]] = [[], []];
    for (let repetition = 0; repetition < options.repetitions; repetition++) {
      ours.push(await runOurs(folder));
      if (options.reference !== undefined) reference.push(await runReference(folder, options));
    }
    return {
      ours: withLeastTimes(ours),
      ...(reference.length > 0 ? { reference: withLeastTimes(reference) } : {}),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function print({ ours, reference }: { ours: Outcome; reference?: Outcome }): string {
  const sides = { ours, ...(reference ? { reference } : {}) };
  const lines = Object.entries(sides).flatMap(([side, { version, correct, attacks }]) => [
    `${side}: ${version}; ${correct.length} correct clean, ${correct.length - brokenOf({ attacks }).size} robust`,
    ...Object.entries(attacks).map(([name, { seconds, forwards, broken }]) =>
      [
        `  ${name.padEnd(8)} ${seconds.toFixed(1).padStart(7)} s`,
        `${broken.length} broken`,
        `${Math.round(forwards / seconds).toLocaleString('en')} sample-steps a second`,
      ].join(', '),
    ),
    `  ${'total'.padEnd(8)} ${totalOf({ attacks }).toFixed(1).padStart(7)} s`,
  ]);
  if (!reference) return lines.join('\n');
  const share = totalOf(ours) / totalOf(reference);
  const disagreement = symmetricDifference(brokenOf(ours), brokenOf(reference));
  return [
    ...lines,
    `${share.toFixed(2)} of the reference's time (at most ${target}: ${share <= target ? 'met' : 'NOT met'})`,
    `verdicts differ on ${disagreement.length} of ${ours.correct.length}${disagreement.length > 0 ? `: ${disagreement.join(', ')}` : ''}`,
  ].join('\n');
}

/** Verdicts are the same every time, for seeds are; other work on the machine only ever adds time. */
function withLeastTimes(outcomes: readonly Outcome[]): Outcome {
  const first = outcomes[0]!;
  const attacks = Object.entries(first.attacks).map(([name, outcome]) => {
    const seconds = Math.min(...outcomes.map(({ attacks: all }) => all[name]!.seconds));
    return [name, { ...outcome, seconds }] as const;
  });
  return { ...first, attacks: Object.fromEntries(attacks) };
}

function totalOf({ attacks }: Pick<Outcome, 'attacks'>): number {
  return Object.values(attacks).reduce((sum, { seconds }) => sum + seconds, 0);
}

function brokenOf({ attacks }: Pick<Outcome, 'attacks'>): Set<number> {
  return new Set(Object.values(attacks).flatMap(({ broken }) => broken));
}

function symmetricDifference(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  return [...one, ...other].filter((row) => one.has(row) !== other.has(row)).sort((a, b) => a - b);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
  } else {
    const outcomes = await bench(options);
    const { network, samples, epsilon, threads } = options;
    const machine = cpus()[0]?.model ?? 'unknown processor';
    console.log(`${network}, ${samples} images, epsilon ${epsilon}; ${machine}, ${threads} threads`);
    console.log(print(outcomes));
    if (options.out !== undefined) {
      const { attacks, queries, iterations } = options;
      const report = {
        machine,
        network,
        samples,
        epsilon,
        threads,
        attacks,
        queries,
        iterations,
        ...outcomes,
      };
      await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
