/**
 * Weight gradients in plain order, as matrix products of shifted copies. A convolution with the output's gradient as
 * one huge kernel would be the direct way and is several times slower in ONNX Runtime's plain convolution. Where
 * blocked convolutions exist, `blockedWeightGradient` has taken most of them before.
 */
import { constantValue, nodeValue } from '../ir/build.js';
import { matrixProduct, reduce, reshape, slice, transpose } from '../ir/emit.js';
import type { Graph, Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { weightGradientOf, type WeightGradient } from '../ir/weight-gradient.js';

/**
 * From this many positions a product per image, summed afterwards, beats one product over the whole batch, which
 * needs both factors transposed; for many channels the sum costs more, and it takes more positions.
 */
const positionsForProductPerImage = (products: number): number => (products < 256 * 256 ? 256 : 512);

export function weightGradients(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const gradient = weightGradientOf(node);
    return gradient && [lowered(gradient)];
  });
}

function lowered(gradient: WeightGradient): Value {
  const { kernel, strides, dilations, pads, group } = gradient.window;
  if (group !== 1) return depthwise(gradient);
  if (kernel.every((extent) => extent === 1) && pads.every((side) => side === 0)) return pointwise(gradient);
  const plain = [...strides, ...dilations].every((step) => step === 1);
  return plain ? bySeparableShifts(gradient) : byAllShifts(gradient);
}

function pointwise({ x, dy, window }: WeightGradient): Value {
  const [strideHeight, strideWidth] = window.strides;
  const visited = slice(x, [
    { axis: 2, from: 0, to: (dy.shape[2]! - 1) * strideHeight + 1, step: strideHeight },
    { axis: 3, from: 0, to: (dy.shape[3]! - 1) * strideWidth + 1, step: strideWidth },
  ]);
  return reshape(sumOfProducts(dy, visited), [dy.shape[1]!, x.shape[1]!, 1, 1]);
}

/**
 * Vertical shifts of x times horizontal shifts of dy: with k copies of either, one product holds all k · k taps.
 * x is padded in width too, and dy shifted copies are as wide as that.
 */
function bySeparableShifts({ x, dy, window }: WeightGradient): Value {
  const [height, width] = window.kernel;
  const rows = shiftedCopies(x, [height, 1], { pads: window.pads });
  const columns = shiftedCopies(dy, [1, width], {
    pads: [0, width - 1, 0, width - 1],
    reversed: true, // the further right in the filter, the further left in dy
  });
  const product = reshape(sumOfProducts(columns, rows), [dy.shape[1]!, width, x.shape[1]!, height]);
  return transpose(product, [0, 2, 3, 1]);
}

/** Every tap's view of x in one strided convolution with selectors, then one product with dy. */
function byAllShifts({ x, dy, window }: WeightGradient): Value {
  const patches = shiftedCopies(x, window.kernel, window);
  return reshape(sumOfProducts(dy, patches), [dy.shape[1]!, x.shape[1]!, ...window.kernel]);
}

/** Each channel's taps against its own output gradients only. */
function depthwise({ x, dy, window }: WeightGradient): Value {
  const [batch = 1, channels = 1] = x.shape;
  const [, outChannels = 1, outHeight = 1, outWidth = 1] = dy.shape;
  const [height, width] = window.kernel;
  const multiplier = outChannels / channels;
  const patches = shiftedCopies(x, window.kernel, window);
  const products = matrixProduct(
    reshape(dy, [batch, channels, multiplier, outHeight * outWidth]),
    reshape(patches, [batch, channels, height * width, outHeight * outWidth]),
    false,
    true,
  );
  return reshape(reduce('ReduceSum', products, [0], false), [outChannels, 1, height, width]);
}

interface ShiftOptions {
  readonly pads: readonly [number, number, number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** Counts taps from the end of the window. */
  readonly reversed?: boolean;
}

/**
 * Copies of every channel, one for each position of a window: channel c becomes channels c·k … c·k + k-1, where
 * copy t shows what tap t of a filter would see. A depthwise convolution with selector kernels is the fastest
 * operator for it.
 */
function shiftedCopies(
  x: Value,
  [height, width]: readonly [number, number],
  { pads, strides = [1, 1], dilations = [1, 1], reversed = false }: ShiftOptions,
): Value {
  const [batch = 1, channels = 1, inHeight = 1, inWidth = 1] = x.shape;
  const taps = height * width;
  const selectors = new Float32Array(channels * taps * taps);
  for (let copy = 0; copy < channels * taps; copy++) {
    const tap = copy % taps;
    selectors[copy * taps + (reversed ? taps - 1 - tap : tap)] = 1;
  }
  const extent = (size: number, before: number, after: number, kernel: number, axis: 0 | 1): number =>
    Math.floor((size + before + after - (kernel - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  const outHeight = extent(inHeight, pads[0], pads[2], height, 0);
  const outWidth = extent(inWidth, pads[1], pads[3], width, 1);
  return nodeValue(
    'Conv',
    [x, constantValue(selectors, [channels * taps, 1, height, width])],
    { shape: [batch, channels * taps, outHeight, outWidth], type: 'float32' },
    { attributes: { kernel_shape: [height, width], pads: [...pads], strides, dilations, group: channels } },
  );
}

/** `[channels of a, channels of b]`: products of two NCHW arrays, summed over images and positions. */
function sumOfProducts(a: Value, b: Value): Value {
  const [batch = 1, channelsA = 1, height = 1, width = 1] = a.shape;
  const channelsB = b.shape[1]!;
  const positions = height * width;
  if (positions >= positionsForProductPerImage(channelsA * channelsB) || batch === 1) {
    const [left, right] = [
      reshape(a, [batch, channelsA, positions]),
      reshape(b, [batch, channelsB, positions]),
    ];
    return reduce('ReduceSum', matrixProduct(left, right, false, true), [0], false);
  }
  const flat = (value: Value, channels: number): Value =>
    reshape(transpose(value, [1, 0, 2, 3]), [channels, batch * positions]);
  return matrixProduct(flat(a, channelsA), flat(b, channelsB), false, true);
}
