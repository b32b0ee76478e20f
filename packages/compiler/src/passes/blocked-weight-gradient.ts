/**
 * Weight gradients of blocked activations as blocked convolutions, about as fast as the convolution itself.
 *
 * A convolution sums over its input channels and its window. Here that sum has to run over images and positions,
 * while the channels of x and dy are what is left. So images (or the positions of a row) are declared to be the input
 * channels, the height and width of dy the window, and dy itself is the kernel: what lies in memory as
 * `[n, out/b, h, w, b (out)]` is, without moving, a kernel `[out/b, in/b, h, w, b (in), b (out)]` whose "input
 * channels" are b neighbours in a row.
 */
import { constantValue, nodeValue } from '../ir/build.js';
import { concat, reduce, reshape, slice, transpose } from '../ir/emit.js';
import type { Attributes, Node, Shape, Value } from '../ir/graph.js';
import { weightGradientOf, type WeightGradient } from '../ir/weight-gradient.js';
import { blockedDomain, type BlockedValues } from './blocked-values.js';
import { plainWeights } from './blocked-weights.js';

type Method = (gradient: WeightGradient, values: BlockedValues) => Value | undefined;

export function blockedWeightGradient(node: Node, values: BlockedValues): boolean {
  const gradient = weightGradientOf(node);
  if (!gradient || !values.canBlock(gradient.dy)) return false;
  const methods: readonly Method[] = gradient.window.group === 1 ? [acrossRows, acrossImages] : [perChannel];
  for (const method of methods) {
    const result = method(gradient, values);
    if (!result) continue;
    values.setPlain(node.outputs[0]!, result);
    return true;
  }
  return false;
}

/** Of a depthwise convolution: each channel of dy is the kernel for the same channel of x. */
function perChannel({ x, dy, window }: WeightGradient, values: BlockedValues): Value | undefined {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  if (dy.shape[1] !== channels || !values.canBlock(x)) return undefined;
  const rows = extent(height, dy.shape[2]!, window, 0);
  const columns = extent(width, dy.shape[3]!, window, 1);
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

/**
 * b neighbours in a row are the input channels, images stand one after the other. A tap further right in the kernel
 * sees dy further left, so each column of taps takes a shifted copy of dy, or with strides a selection of x.
 */
function acrossRows({ x, dy, window }: WeightGradient, values: BlockedValues): Value | undefined {
  const { block } = values;
  const [batch = 1, into = 1, height = 1, width = 1] = x.shape;
  const [, out = 1, outHeight = 1, outWidth = 1] = dy.shape;
  if (outWidth % block !== 0) return undefined;
  const rows = extent(height, outHeight, window, 0);
  const shifts = window.strides[1] === 1 && width === outWidth;
  if (!rows || (!shifts && into % block !== 0)) return undefined;

  const lanes = into % block === 0 ? block : into;
  /** `[in/b, n, h, in, w/b, b (w)]`: columns as input channels, a row of each channel of x beside the next. */
  const image = (value: Value): Value => {
    const blocks = into / lanes;
    const split = outWidth / block;
    const turned =
      into % block === 0
        ? reorderOutput(reshape(values.blocked(value), [batch * blocks * height, block, 1, outWidth]))
        : transpose(reshape(values.plain(value), [batch, into, height, outWidth]), [0, 2, 1, 3]);
    const moved = exchanged(turned, [batch, blocks, height * outWidth * lanes]);
    return reshape(moved, [blocks, batch * block, height, lanes * split]);
  };
  const outFirst = exchanged(values.blocked(dy), [batch, out / block, outHeight * outWidth * block]);
  const kernels = reshape(outFirst, [out / block, batch * block, outHeight, outWidth]);
  const columns = Array.from({ length: window.kernel[1] }, (_, tap) => {
    const offset = tap * window.dilations[1] - window.pads[1];
    const source = shifts ? x : selectColumns(x, offset, window.strides[1], outWidth, values);
    if (!source) return undefined;
    const kernel = shifts ? shiftColumns(kernels, offset, block) : kernels;
    const sums = convolve(
      image(source),
      reshape(kernel, [out, batch * block, outHeight, outWidth / block]),
      [into / lanes, out, rows.outputs, lanes],
      {
        pads: [rows.before, 0, rows.after, 0],
        strides: [window.dilations[0], outWidth / block],
        dilations: [window.strides[0], 1],
        group: 1,
      },
    );
    return slice(sums, [{ axis: 2, from: 0, to: window.kernel[0] }]);
  });
  if (columns.some((column) => column === undefined)) return undefined;
  // each [in/b, out/b, kernel height, b (in), b (out)]
  const all = concat(
    (columns as Value[]).map((column) => reshape(column, [1, ...column.shape])),
    0,
  );
  const [kernelHeight, kernelWidth] = window.kernel;
  const parts = reshape(all, [kernelWidth, into / lanes, out / block, kernelHeight, lanes * block]);
  const taps = reshape(transpose(parts, [1, 2, 3, 0, 4]), [
    into / lanes,
    out / block,
    kernelHeight * kernelWidth,
    lanes,
    block,
  ]);
  return plainWeights(taps, window.kernel);
}

/** b images are the input channels; for arrays too narrow for `acrossRows`. All taps at once. */
function acrossImages({ x, dy, window }: WeightGradient, values: BlockedValues): Value | undefined {
  const { block } = values;
  const [batch = 1, into = 1, height = 1, width = 1] = x.shape;
  const [, out = 1, outHeight = 1, outWidth = 1] = dy.shape;
  if (batch % block !== 0 || into % block !== 0 || window.dilations[1] !== 1) return undefined;
  const rows = extent(height, outHeight, window, 0);
  const columns = extent(width, outWidth, window, 1);
  if (!rows || !columns) return undefined;

  const padded = padColumns(values.blocked(x), columns.before, columns.after, block);
  const paddedWidth = width + columns.before + columns.after;
  const pixels = (into / block) * height * paddedWidth;
  // [n/b, in/b, h, w, b (in), b (n)], then in/b first
  const turned = reorderInput(reshape(padded, [1, batch, pixels, block]));
  const intoFirst = exchanged(turned, [batch / block, into / block, height * paddedWidth * block * block]);
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

interface Extent {
  readonly before: number;
  readonly after: number;
  /** At least the extent of the kernel; what goes beyond is not wanted. */
  readonly outputs: number;
}

/** Paddings along one axis for the convolution whose window is dy and whose outputs are the taps of the kernel. */
function extent(
  size: number,
  window: number,
  { kernel, strides, dilations, pads }: WeightGradient['window'],
  axis: 0 | 1,
): Extent | undefined {
  const before = pads[axis];
  const covered = (window - 1) * strides[axis] + 1;
  const after = Math.max(0, covered + (kernel[axis] - 1) * dilations[axis] - size - before);
  if (before >= covered || after >= covered) return undefined;
  const outputs = Math.floor((size + before + after - covered) / dilations[axis]) + 1;
  return { before, after, outputs };
}

/** x as an array of three axes, the first two exchanged. */
function exchanged(x: Value, shape: readonly [number, number, number]): Value {
  return shape[0] === 1 || shape[1] === 1 ? x : transpose(reshape(x, shape), [1, 0, 2]);
}

/** `[…, w]` of the result is `[…, w - by]` of x, 0 beyond the edge. */
function shiftColumns(x: Value, by: number, block: number): Value {
  if (by === 0) return x;
  const width = Math.abs(by) + 1;
  const pads = by > 0 ? [0, by, 0, 0] : [0, 0, 0, -by];
  return depthwise(x, selector(x.shape[1]!, width, by > 0 ? 0 : width - 1, block), x.shape, { pads });
}

/** `[…, w]` of the result is `[…, stride · w + offset]` of x, 0 beyond the edges. */
function selectColumns(
  x: Value,
  offset: number,
  stride: number,
  columns: number,
  values: BlockedValues,
): Value | undefined {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const kernelWidth = Math.max(0, offset) + 1;
  const before = Math.max(0, -offset);
  const after = Math.max(0, (columns - 1) * stride + kernelWidth - width - before);
  const available = Math.floor((width + before + after - kernelWidth) / stride) + 1;
  if (available !== columns) return undefined;
  const kernel = selector(channels, kernelWidth, kernelWidth - 1, values.block);
  const shape = [batch, channels, height, columns];
  const selected = depthwise(values.blocked(x), kernel, shape, {
    pads: [0, before, 0, after],
    strides: [1, stride],
  });
  values.setBlocked(selected, selected);
  return selected;
}

function padColumns(x: Value, before: number, after: number, block: number): Value {
  if (before === 0 && after === 0) return x;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const shape = [batch, channels, height, width + before + after];
  return depthwise(x, selector(channels, 1, 0, block), shape, { pads: [0, before, 0, after] });
}

/** Blocked weights of a depthwise convolution that copies what its tap `tap` sees. */
function selector(channels: number, width: number, tap: number, block: number): Value {
  const data = Float32Array.from({ length: channels * width }, (_, at) =>
    Math.floor(at / block) % width === tap ? 1 : 0,
  );
  return constantValue(data, [channels, 1, 1, width]);
}

function depthwise(x: Value, kernel: Value, shape: Shape, attributes: Attributes): Value {
  return convolve(x, kernel, shape, { ...attributes, group: kernel.shape[0]! });
}

function convolve(x: Value, kernel: Value, shape: Shape, attributes: Attributes): Value {
  const window = {
    kernel_shape: kernel.shape.slice(2),
    pads: [0, 0, 0, 0],
    strides: [1, 1],
    dilations: [1, 1],
  };
  return nodeValue(
    'Conv',
    [x, kernel],
    { shape, type: 'float32' },
    { attributes: { ...window, ...attributes }, domain: blockedDomain },
  );
}

function reorderOutput(x: Value): Value {
  return nodeValue('ReorderOutput', [x], x, { attributes: { channels: x.shape[1]! }, domain: blockedDomain });
}

function reorderInput(x: Value): Value {
  return nodeValue('ReorderInput', [x], x, { domain: blockedDomain });
}
