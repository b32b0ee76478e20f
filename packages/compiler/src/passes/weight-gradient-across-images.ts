import { reshape, slice, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import type { WeightGradient } from '../ir/weight-gradient.js';
import { convolve, reorderInput } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
import { plainWeights } from './blocked-weights.js';
import { copyColumns } from './copy-columns.js';
import { exchangeBlocks } from './exchange-blocks.js';
import { tapExtent } from './tap-extent.js';

/** b images are the input channels; for arrays too narrow for `weightGradientAcrossRows`. All taps at once. */
export function weightGradientAcrossImages(
  { x, dy, window }: WeightGradient,
  values: BlockedValues,
): Value | undefined {
  const { block } = values;
  const [batch = 1, into = 1, height = 1, width = 1] = x.shape;
  const [, out = 1, outHeight = 1, outWidth = 1] = dy.shape;
  if (batch % block !== 0 || into % block !== 0 || window.dilations[1] !== 1) return undefined;
  const rows = tapExtent(height, outHeight, window, 0);
  const columns = tapExtent(width, outWidth, window, 1);
  if (!rows || !columns) return undefined;

  const paddedWidth = width + columns.before + columns.after;
  const padded = copyColumns(values.blocked(x), { count: paddedWidth, offset: -columns.before }, block);
  if (!padded) return undefined;
  const pixels = (into / block) * height * paddedWidth;
  // [n/b, in/b, h, w, b (in), b (n)], then in/b first
  const turned = reorderInput(reshape(padded, [1, batch, pixels, block]));
  const intoFirst = exchangeBlocks(turned, [
    batch / block,
    into / block,
    height * paddedWidth * block * block,
  ]);
  const kernel = transpose(
    reshape(values.blocked(dy), [batch / block, block, out / block, outHeight * outWidth, block]),
    [2, 0, 3, 1, 4],
  );
  const sums = convolve(
    reshape(intoFirst, [into / block, batch, height, paddedWidth * block]),
    reshape(kernel, [out, batch, outHeight, outWidth]),
    [into / block, out, rows.outputs, columns.outputs * block],
    {
      pads: [rows.before, 0, rows.after, 0],
      strides: [window.dilations[0], 1],
      dilations: [window.strides[0], window.strides[1] * block],
      group: 1,
    },
  );
  const [kernelHeight, kernelWidth] = window.kernel;
  const kept = slice(
    reshape(sums, [into / block, out / block, rows.outputs, columns.outputs, block, block]),
    [
      { axis: 2, from: 0, to: kernelHeight },
      { axis: 3, from: 0, to: kernelWidth },
    ],
  );
  const taps = reshape(kept, [into / block, out / block, kernelHeight * kernelWidth, block, block]);
  return plainWeights(taps, window.kernel);
}
