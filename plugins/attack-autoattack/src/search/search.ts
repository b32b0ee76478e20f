import type { BatchSizes, HostArray, NdArray, RandomStream, Victim } from '@ard/core';

/** Examples to be attacked, `[examples, …]`. */
export interface Examples {
  readonly images: NdArray;
  readonly labels: NdArray;
  readonly epsilon: NdArray;
  /** `[examples, classes]`. */
  readonly cleanLogits: HostArray;
  readonly ids: Int32Array;
}

/** What became of each of them. */
export interface Findings {
  /** Inside the ball; the clean image where nothing was found and the attack has nothing better. */
  readonly images: HostArray;
  /** Whether the network is wrong about the image. */
  readonly broken: readonly boolean[];
  /** Orders images of the same attack on the same example: the higher, the worse for the network. */
  readonly score: readonly number[];
  /** Updates before the image was found; 0 for a starting point. */
  readonly step: readonly number[];
}

/** One of the attacks here, ready to run. Each example's fate depends on that example only. */
export type Search = (
  examples: Examples,
  run: { readonly random: RandomStream; readonly sizes: BatchSizes },
) => Promise<Findings>;

/** An attack before it knows its network. */
export interface Member {
  /** As lists and verdicts call it: `apgd-ce`. */
  readonly name: string;
  /** Passes per example, the most that are needed. */
  readonly passes: { readonly forward: number; readonly backward: number };
  /** Which examples it is shown: those still unbroken, those right without any attack, or all. */
  readonly attacks: 'unbroken' | 'correct' | 'all';
  /** Fewest classes that its loss is defined for; 2 unless told otherwise. */
  readonly leastClasses?: number;
  /** @throws ArdError when the network has too few classes for it */
  prepare(victim: Victim): Search;
}
