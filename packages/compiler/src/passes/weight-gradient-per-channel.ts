import { reduce, reshape, slice, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import type { WeightGradient } from '../ir/weight-gradient.js';
import { convolve } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
import { tapExtent } from './tap-extent.js';

/** Of a depthwise convolution: each channel of dy is the kernel for the same channel of x. */
export function weightGradientPerChannel(
  { x, dy, window }: WeightGradient,
  values: BlockedValues,
): Value | undefined {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  if (dy.shape[1] !== channels || !values.canBlock(x)) return undefined;
  const rows = tapExtent(height, dy.shape[2]!, window, 0);
  const columns = tapExtent(width, dy.shape[3]!, window, 1);
  if (!rows || !columns) return undefined;
  const products = convolve(
    reshape(values.blocked(x), [1, batch * channels, height, width]),
    reshape(values.blocked(dy), [batch * channels, 1, dy.shape[2]!, dy.shape[3]!]),
    [1, batch * channels, rows.outputs, columns.outputs],
    {
      pads: [rows.before, columns.before, rows.after, columns.after],
      strides: window.dilations,
      dilations: window.strides,
      group: batch * channels,
    },
  );
  const kernel = slice(products, [
    { axis: 2, from: 0, to: window.kernel[0] },
    { axis: 3, from: 0, to: window.kernel[1] },
  ]);
  const { block } = values;
  const sum = reduce(
    'ReduceSum',
    reshape(kernel, [batch, channels / block, ...window.kernel, block]),
    [0],
    false,
  );
  return reshape(transpose(sum, [0, 3, 1, 2]), [channels, 1, ...window.kernel]);
}
