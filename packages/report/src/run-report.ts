import type { EpochFinished } from '@ard/core';
import type { Evaluation } from '@ard/core/host';

/** A finished evaluation with what is needed to read it. */
export interface EvaluationRecord {
  readonly evaluation: Evaluation;
  readonly classNames: readonly string[];
  /** Seed of the random starts of the attacks. */
  readonly seed: number;
  /** Divisor of the standard deviation in NSD: 0 for the population's (default), 1 for the sample's. */
  readonly ddof?: 0 | 1;
}

/** What the page about a run is made of; plain data, as read back from a run directory. */
export interface RunReport {
  readonly name: string;
  /** Lines of the heading: engine, data, teacher, duration; whatever identifies the run. */
  readonly facts: Readonly<Record<string, string>>;
  /** As in `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly plugins: readonly { readonly name: string; readonly version: string }[];
  readonly classNames: readonly string[];
  /** In order; empty for an evaluation without training. */
  readonly epochs: readonly EpochFinished[];
  /** Absent while training has not ended. */
  readonly evaluation?: EvaluationRecord;
}
