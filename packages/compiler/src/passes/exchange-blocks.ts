import { reshape, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';

/** x as an array of three axes, the first two exchanged; nothing moves where one of them has one entry only. */
export function exchangeBlocks(x: Value, shape: readonly [number, number, number]): Value {
  return shape[0] === 1 || shape[1] === 1 ? x : transpose(reshape(x, shape), [1, 0, 2]);
}
