import { randomStream, type HostArray } from '@ard/core';
import { floats } from './values.js';

/** `[batch, classes]` random logits, no two of a row nearer than 0.3: kinks of losses are not met by accident. */
export function spacedLogits(batch: number, classes: number, seed: number): HostArray {
  const random = randomStream(100 + seed);
  const values = Array.from({ length: batch }, (_, row) => {
    const order = random.derive('order', row).permutation(classes);
    const jitter = random.derive('jitter', row).uniform(classes, 0, 0.4);
    return [...order].map((rank, k) => 0.7 * (rank - classes / 2) + jitter[k]!);
  });
  return floats(values.flat(), [batch, classes]);
}

/** Rows that break careless losses: ties, and certainty in the first, the second or the last class. */
export function extremeLogits(classes: number): HostArray {
  const row = (value: (k: number) => number): number[] => Array.from({ length: classes }, (_, k) => value(k));
  const cases = [
    row(() => 0),
    row(() => 50),
    row((k) => (k === 0 ? 50 : -50)),
    row((k) => (k === 1 ? 50 : -50)),
    row((k) => (k === classes - 1 ? -50 : 50)),
    row((k) => (k < 2 ? 50 : -50)),
    row((k) => (k === 0 ? 0 : -50)),
  ];
  return floats(cases.flat(), [cases.length, classes]);
}
