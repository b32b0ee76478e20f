import { parseArgs } from 'node:util';

export const timedSteps = ['attack-gradient', 'train-step', 'fair-rslad-step', 'evaluation-forward'] as const;
export const parts = [...timedSteps, 'compile', 'memory-growth'] as const;
export type Part = (typeof parts)[number];
export type TimedStep = (typeof timedSteps)[number];

/** `ours` of another checkout is `baseline`; `released` runs the step in the manner of the published code. */
export const contestantNames = ['ours', 'baseline', 'channels-last', 'nchw', 'released'] as const;
export type ContestantName = (typeof contestantNames)[number];

export interface Subject {
  readonly network: string;
  readonly batch: number;
}

export interface BenchOptions {
  readonly subjects: readonly Subject[];
  readonly only: readonly Part[];
  readonly contestants: readonly ContestantName[];
  readonly repetitions: number;
  readonly threads: number;
  /** Height and width of images. */
  readonly size: number;
  readonly growthSteps: number;
  readonly python: string;
  readonly engine: string;
  readonly baseline: string | undefined;
  readonly out: string | undefined;
}

export const usage = `npm run bench -- [options]

  --networks resnet-20:128,…   networks and batch sizes; by default the four of the project's goals
  --only ${parts.join(',')}
                               what to measure; everything by default
  --contestants ${contestantNames.join(',')}
                               PyTorch ones need --python with torch, baseline needs --baseline
  --repetitions 7              of each step, after one that is not counted
  --threads 2                  of every contestant
  --size 32                    height and width of images
  --growth-steps 200           steps between two looks at the resident memory
  --engine '{"blocked":false}' options of our engine, as JSON
  --baseline <folder>          another built checkout of this repository, timed in alternation with this one
  --python /usr/bin/python3    where torch is
  --out <file>                 writes the results as JSON`;

/** @throws Error for options that mean nothing */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: {
        type: 'string',
        default: 'resnet-20:128,resnet-18:32,mobilenet-v2:32,preact-resnet-18:32',
      },
      only: { type: 'string', default: parts.join() },
      contestants: { type: 'string', default: contestantNames.join() },
      repetitions: { type: 'string', default: '7' },
      threads: { type: 'string', default: '2' },
      size: { type: 'string', default: '32' },
      'growth-steps': { type: 'string', default: '200' },
      engine: { type: 'string', default: '{}' },
      baseline: { type: 'string' },
      python: { type: 'string', default: '/usr/bin/python3' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    subjects: values.networks.split(',').map((subject) => {
      const colon = subject.lastIndexOf(':'); // variants have one too: resnet-plain:4b:32
      const network = subject.slice(0, Math.max(colon, 0));
      return { network, batch: positive('--networks', subject.slice(colon + 1)) };
    }),
    only: chosen('--only', values.only, parts),
    contestants: chosen('--contestants', values.contestants, contestantNames),
    repetitions: positive('--repetitions', values.repetitions),
    threads: positive('--threads', values.threads),
    size: positive('--size', values.size),
    growthSteps: positive('--growth-steps', values['growth-steps']),
    python: values.python,
    engine: values.engine,
    baseline: values.baseline,
    out: values.out,
  };
}

/** @throws Error for anything but a whole number above 0 */
export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option}: ${text} is no whole number above 0.`);
  return value;
}

function chosen<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  return text.split(',').map((given) => {
    const known = names.find((name) => name === given);
    if (known === undefined) throw new Error(`${option}: ${given} is none of ${names.join(', ')}.`);
    return known;
  });
}
