import { hostArray, type AttackBatch, type AttackRun, type HostArray } from '@ard/core';
import type { Ball } from './ball.js';

export const startKinds = ['none', 'uniform', 'uniform-clipped', 'gaussian', 'gaussian-clipped'] as const;

/** Where the iterates begin, x_0. */
export interface StartPoint {
  /**
   * `none`: the clean image. `uniform`: uniform in the ball of each example's own radius. `gaussian`: the clean
   * image plus noise whose size does not depend on the radius. Only the `-clipped` ones are cut to [0, 1]; the
   * others may leave it, as in the released scripts, so the first forward pass may see values outside.
   */
  readonly kind: (typeof startKinds)[number];
  /** Standard deviation of the gaussian start, in pixel units of [0, 1]. */
  readonly deviation: number;
}

/** x_0 for a batch, `[batch, height, width, channels]`; the same for an example however batches are cut. */
export async function startPoint(
  { kind, deviation }: StartPoint,
  ball: Ball,
  batch: AttackBatch,
  { random, ids }: Pick<AttackRun, 'random' | 'ids'>,
): Promise<HostArray> {
  const images = await batch.images.read();
  const epsilon = await batch.epsilon.read();
  const size = images.length / ids.length;
  const stream = random.derive('start');

  const start = Float32Array.from(images);
  if (kind === 'gaussian' || kind === 'gaussian-clipped') {
    const noise = stream.normalRows(ids, size, deviation);
    noise.forEach((value, index) => (start[index]! += value));
  } else if (kind !== 'none') {
    const noise = ball.uniform(stream, ids, size);
    noise.forEach((value, index) => (start[index]! += value * epsilon[Math.floor(index / size)]!));
  }
  if (kind === 'uniform-clipped' || kind === 'gaussian-clipped') {
    start.forEach((value, index) => (start[index] = Math.min(Math.max(value, 0), 1)));
  }
  return hostArray(start, batch.images.shape);
}
