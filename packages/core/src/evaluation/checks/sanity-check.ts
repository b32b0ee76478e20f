import type { HostArray } from '../../contracts/nd-array.js';
import type { Evaluation } from '../evaluator.js';

/** Attacks that checks compare, by name; each an ascent along gradients that keeps the worst iterate. */
export type Probe = 'fewSteps' | 'manySteps' | 'halfEpsilon' | 'doubleEpsilon' | 'wholeRange';

/** How one of them is set. */
export interface ProbeSettings {
  readonly norm: 'linf' | 'l2';
  /** In pixel units of [0, 1]. */
  readonly epsilon: number;
  readonly steps: number;
  readonly stepSize: number;
  readonly restarts: number;
}

/** What a check may look at: a few images that the network is right about, and what the evaluation found. */
export interface CheckContext {
  readonly classes: number;
  readonly count: number;
  /** `[count, classes]` of one more forward pass over the images. */
  logits(): Promise<HostArray>;
  /** Greatest absolute value of the gradient with respect to the pixels, per image. */
  steepest(loss: 'cross-entropy' | 'margin'): Promise<readonly number[]>;
  /** Images that the network stays right about. */
  robust(probe: Probe): number;
  readonly evaluation: Evaluation;
}

export interface CheckFinding {
  readonly passed: boolean;
  /** With the numbers it rests on, one sentence. */
  readonly finding: string;
}

/** A question about whether a robust accuracy can be trusted. */
export interface SanityCheck {
  /** As in `--accept`. */
  readonly id: string;
  /** Whether it needs gradients; left out where no attack does. */
  readonly usesGradients: boolean;
  /** @returns undefined where the question does not arise */
  run(context: CheckContext): Promise<CheckFinding | undefined>;
}
