import { parseArgs } from 'node:util';
import { positive } from '../options.js';

export const standardAttacks = ['apgd-ce', 'apgd-t', 'fab-t', 'square'] as const;

export interface AutoAttackBenchOptions {
  /** As `ard` names it. */
  readonly network: string;
  readonly networkOptions: Readonly<Record<string, unknown>>;
  /** Absent: initial weights, and as labels what the network says of the clean images. */
  readonly checkpoint: string | undefined;
  /** Folder of CIFAR-10's test images; absent: random images. */
  readonly dataDir: string | undefined;
  readonly samples: number;
  readonly epsilon: string;
  readonly attacks: readonly string[];
  readonly queries: number;
  readonly iterations: number;
  readonly threads: number;
  /** Of the whole contest, ours and the reference in alternation. */
  readonly repetitions: number;
  readonly engine: Readonly<Record<string, unknown>>;
  readonly python: string;
  /** Folder that holds the package `autoattack` of fra31/auto-attack. */
  readonly reference: string | undefined;
  readonly out: string | undefined;
}

export const usage = `npm run bench:autoattack -- [options]

  --network resnet-plain:4b      by the name that ard gives it
  --network-options '{"mean":…}' its options, as JSON; a checkpoint's own normalisation is found without
  --checkpoint <file>            its weights; without, initial ones and the network's own labels
  --data-dir <folder>            CIFAR-10's test images; without, random images
  --samples 32                   images, the first ones
  --epsilon 2/255                radius in l-infinity
  --attacks ${standardAttacks.join(',')}
  --queries 5000                 of Square
  --iterations 100               of APGD and FAB
  --threads 2                    of both sides
  --repetitions 1                of everything, in alternation; the least times count
  --engine '{}'                  options of our engine, as JSON
  --autoattack-reference <folder>  a checkout of fra31/auto-attack; without, only ours is measured
  --python /usr/bin/python3      where torch is
  --out <file>                   writes the results as JSON`;

/** @throws Error for options that mean nothing */
export function parseOptions(args: readonly string[]): AutoAttackBenchOptions | 'help' {
  const text = (value?: string) => ({ type: 'string' as const, ...(value ? { default: value } : {}) });
  const { values } = parseArgs({
    args: [...args],
    options: {
      network: text('resnet-plain:4b'),
      'network-options': text('{}'),
      checkpoint: text(),
      'data-dir': text(),
      samples: text('32'),
      epsilon: text('2/255'),
      attacks: text(standardAttacks.join()),
      queries: text('5000'),
      iterations: text('100'),
      threads: text('2'),
      repetitions: text('1'),
      engine: text('{}'),
      'autoattack-reference': text(),
      python: text('/usr/bin/python3'),
      out: text(),
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const given = values as Readonly<Record<string, string | boolean | undefined>> as Record<string, string>;
  const options = (name: string) => JSON.parse(given[name]!) as Record<string, unknown>;
  const attacks = given.attacks!.split(',');
  const unknown = attacks.find((attack) => !standardAttacks.some((name) => name === attack));
  if (unknown !== undefined)
    throw new Error(`--attacks: ${unknown} is none of ${standardAttacks.join(', ')}.`);
  return {
    network: given.network!,
    networkOptions: options('network-options'),
    checkpoint: given.checkpoint,
    dataDir: given['data-dir'],
    samples: positive('--samples', given.samples!),
    epsilon: given.epsilon!,
    attacks,
    queries: positive('--queries', given.queries!),
    iterations: positive('--iterations', given.iterations!),
    threads: positive('--threads', given.threads!),
    repetitions: positive('--repetitions', given.repetitions!),
    engine: options('engine'),
    python: given.python!,
    reference: given['autoattack-reference'],
    out: given.out,
  };
}
