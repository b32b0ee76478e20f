import { concat, reshape, slice, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import type { WeightGradient } from '../ir/weight-gradient.js';
import { convolve, reorderOutput } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
import { plainWeights } from './blocked-weights.js';
import { copyColumns } from './copy-columns.js';
import { exchangeBlocks } from './exchange-blocks.js';
import { tapExtent } from './tap-extent.js';

/**
 * b neighbours in a row are the input channels, images stand one after the other. A tap further right in the kernel
 * sees dy further left, so each column of taps takes a shifted copy of dy, or with strides a selection of x.
 */
export function weightGradientAcrossRows(
  { x, dy, window }: WeightGradient,
  values: BlockedValues,
): Value | undefined {
  const { block } = values;
  const [batch = 1, into = 1, height = 1, width = 1] = x.shape;
  const [, out = 1, outHeight = 1, outWidth = 1] = dy.shape;
  const rows = tapExtent(height, outHeight, window, 0);
  if (outWidth % block !== 0 || !rows) return undefined;
  const lanes = into % block === 0 ? block : into;
  const outFirst = exchangeBlocks(values.blocked(dy), [batch, out / block, outHeight * outWidth * block]);
  const kernels = reshape(outFirst, [out / block, batch * block, outHeight, outWidth]);

  const columns: Value[] = [];
  for (let tap = 0; tap < window.kernel[1]; tap++) {
    const offset = tap * window.dilations[1] - window.pads[1];
    const factors = factorsOf(offset);
    if (!factors) return undefined;
    const sums = convolve(
      reshape(factors.image, [into / lanes, batch * block, height, (lanes * outWidth) / block]),
      reshape(factors.kernel, [out, batch * block, outHeight, outWidth / block]),
      [into / lanes, out, rows.outputs, lanes],
      {
        pads: [rows.before, 0, rows.after, 0],
        strides: [window.dilations[0], outWidth / block],
        dilations: [window.strides[0], 1],
      },
    );
    columns.push(slice(sums, [{ axis: 2, from: 0, to: window.kernel[0] }]));
  }
  return joined(columns);

  /** For the taps that see x `offset` columns to the right of dy. */
  function factorsOf(offset: number): { image: Value; kernel: Value } | undefined {
    if (window.strides[1] === 1 && width === outWidth) {
      const kernel = copyColumns(kernels, { count: outWidth, offset: -offset }, block);
      return kernel && { image: into % block === 0 ? image(values.blocked(x)) : fewChannels(), kernel };
    }
    if (into % block !== 0) return undefined;
    const selected = copyColumns(
      values.blocked(x),
      { count: outWidth, offset, stride: window.strides[1] },
      block,
    );
    return selected && { image: image(selected), kernel: kernels };
  }

  /** `[in/b, n, h, in, w/b, b (w)]`: columns as input channels, a row of each channel of x beside the next. */
  function image(blocked: Value): Value {
    const blocks = into / block;
    const turned = reorderOutput(reshape(blocked, [batch * blocks * height, block, 1, outWidth]));
    return exchangeBlocks(turned, [batch, blocks, height * outWidth * block]);
  }

  /** The same of an x that does not divide into blocks, all of its channels as one. */
  function fewChannels(): Value {
    return transpose(values.plain(x), [0, 2, 1, 3]);
  }

  /** Columns of taps, each `[in/b, out/b, kernel height, b (in), b (out)]`, as weights in plain order. */
  function joined(parts: readonly Value[]): Value {
    const [kernelHeight, kernelWidth] = window.kernel;
    const shape = [into / lanes, out / block, kernelHeight, lanes * block];
    const all = concat(
      parts.map((part) => reshape(part, [1, ...shape])),
      0,
    );
    const taps = transpose(all, [1, 2, 3, 0, 4]);
    return plainWeights(
      reshape(taps, [into / lanes, out / block, kernelHeight * kernelWidth, lanes, block]),
      window.kernel,
    );
  }
}
