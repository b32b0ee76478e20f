import type { TimedStep } from './options.js';

/** Ours divided by something else, beside what is wanted of it. */
export interface Share {
  readonly of: string;
  readonly value: number;
  readonly target?: number;
}

export interface Measurement {
  readonly network: string;
  readonly batch: number;
  readonly step: TimedStep;
  /** Seconds, median of the repetitions, by contestant. */
  readonly medians: Readonly<Record<string, number>>;
  readonly shares: readonly Share[];
}

export interface Memory {
  readonly network: string;
  readonly batch: number;
  /** Bytes, by contestant; each process ran everything that was asked for. */
  readonly peak: Readonly<Record<string, number>>;
  readonly shares: readonly Share[];
}

/** Seconds that the first call of a training step takes beyond an ordinary one. */
export interface Compilation {
  readonly network: string;
  readonly batch: number;
  /** In a process that has compiled nothing before. */
  readonly first: number;
  /** Of the same function with the same shapes, compiled anew. */
  readonly again: number;
  readonly target?: number;
}

export interface Growth {
  readonly network: string;
  readonly batch: number;
  readonly steps: number;
  /** Resident bytes after warming up, and that many steps later. */
  readonly before: number;
  readonly after: number;
}

export interface BenchReport {
  readonly date: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly threads: number };
  readonly repetitions: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
  readonly memory: readonly Memory[];
  readonly compilation: readonly Compilation[];
  readonly growth: readonly Growth[];
}

/** Ours as a share of the better of PyTorch's layouts, of the released manner, and of the baseline. */
export function sharesOf(
  values: Readonly<Record<string, number>>,
  targets: { readonly pytorch: number | undefined; readonly released: number | undefined },
): Share[] {
  const { ours, released, baseline } = values;
  if (ours === undefined) return [];
  const pytorch = Math.min(values['channels-last'] ?? Infinity, values.nchw ?? Infinity);
  const share = (of: string, other: number | undefined, target?: number): Share[] =>
    other === undefined || !Number.isFinite(other)
      ? []
      : [{ of, value: ours / other, ...(target === undefined ? {} : { target }) }];
  return [
    ...share('PyTorch', pytorch, targets.pytorch),
    ...share('released', released, targets.released),
    ...share('baseline', baseline),
  ];
}
