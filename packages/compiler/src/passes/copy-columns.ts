import { constantValue } from '../ir/build.js';
import type { Shape, Value } from '../ir/graph.js';
import { convolve } from './blocked-operators.js';

/** Which columns of a blocked array to copy: column `stride · w + offset` becomes column w, 0 beyond the edges. */
export interface Columns {
  readonly count: number;
  readonly offset: number;
  readonly stride?: number;
}

/**
 * A depthwise convolution with kernels that select is ONNX Runtime's fastest way to copy a part of every row.
 *
 * @param x in blocked order
 * @returns undefined where x has more columns to the right than such a convolution can leave out
 */
export function copyColumns(
  x: Value,
  { count, offset, stride = 1 }: Columns,
  block: number,
): Value | undefined {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  if (offset === 0 && stride === 1 && count === width) return x;
  const taps = Math.max(0, offset) + 1;
  const before = Math.max(0, -offset);
  const after = Math.max(0, (count - 1) * stride + taps - width - before);
  if (Math.floor((width + before + after - taps) / stride) + 1 !== count) return undefined;
  const shape: Shape = [batch, channels, height, count];
  const attributes = { pads: [0, before, 0, after], strides: [1, stride], group: channels };
  return convolve(x, lastTap(channels, taps, block), shape, attributes);
}

/** Blocked depthwise weights that are 1 in the last of several taps in a row. */
function lastTap(channels: number, taps: number, block: number): Value {
  const data = Float32Array.from({ length: channels * taps }, (_, at) =>
    Math.floor(at / block) % taps === taps - 1 ? 1 : 0,
  );
  return constantValue(data, [channels, 1, 1, taps]);
}
