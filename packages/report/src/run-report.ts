import type { EpochFinished, ImageShape } from '@ard/core';
import type { Evaluation, SampleVerdict } from '@ard/core/host';
import type { IntervalMethod } from './statistics/interval.js';

/** A finished evaluation with what is needed to read it. */
export interface EvaluationRecord {
  readonly evaluation: Evaluation;
  readonly classNames: readonly string[];
  /** Seed of the random starts of the attacks. */
  readonly seed: number;
  /** Divisor of the standard deviation in NSD: 0 for the population's (default), 1 for the sample's. */
  readonly ddof?: 0 | 1;
  /** How 95 % intervals are made; Wilson and 1,000 resamples where absent. Resamples are drawn from the seed. */
  readonly interval?: { readonly method: IntervalMethod; readonly resamples: number };
  /** Accuracy at other radii, in ascending order, where it was asked for. */
  readonly epsilonCurve?: readonly EpsilonPoint[];
  /** Why the robust accuracy is not to be trusted as it stands: failed sanity checks; shown beside the result. */
  readonly remarks?: readonly string[];
  /** Images that an attack broke, to be shown. */
  readonly examples?: { readonly shape: ImageShape; readonly images: readonly ExampleImage[] };
}

/** An image that an attack broke. */
export interface ExampleImage {
  readonly verdict: SampleVerdict;
  /** Both `[height, width, channels]` in [0, 1]. */
  readonly clean: Float32Array;
  readonly adversarial: Float32Array;
}

/** A point of the curve of robustness against the radius. */
export interface EpsilonPoint {
  /** In pixel units of [0, 1]. */
  readonly epsilon: number;
  /** `[classes]`: images that are right at this and at every smaller radius. */
  readonly correct: readonly number[];
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
