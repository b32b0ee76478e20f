/**
 * The gradient of a convolution's weights, as matrix products of shifted copies. A convolution with the output's
 * gradient as one huge kernel would be the direct way and is several times slower in ONNX Runtime.
 */
import { constantValue, nodeValue } from '../ir/build.js';
import { matrixProduct, reduce, reshape, slice, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import type { ConvolutionInfo } from './convolution-info.js';

/**
 * From this many positions a product per image, summed afterwards, beats one product over the whole batch, which
 * needs both factors transposed; for many channels the sum costs more, and it takes more positions.
 */
const positionsForProductPerImage = (products: number): number => (products < 256 * 256 ? 256 : 512);

/**
 * @param x NCHW input of the convolution
 * @param dy NCHW gradient of its output
 * @returns `[out, in, height, width]`
 */
export function weightGradient(x: Value, dy: Value, info: ConvolutionInfo): Value {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const noPadding = Object.values(padInfo).every((side) => typeof side !== 'number' || side === 0);
  if (filterHeight === 1 && filterWidth === 1 && noPadding) return pointwise(x, dy, info);
  const plain =
    strideHeight === 1 && strideWidth === 1 && info.dilationHeight === 1 && info.dilationWidth === 1;
  return plain ? bySeparableShifts(x, dy, info) : byAllShifts(x, dy, info);
}

function pointwise(x: Value, dy: Value, info: ConvolutionInfo): Value {
  const visited = slice(x, [
    { axis: 2, from: 0, to: (info.outHeight - 1) * info.strideHeight + 1, step: info.strideHeight },
    { axis: 3, from: 0, to: (info.outWidth - 1) * info.strideWidth + 1, step: info.strideWidth },
  ]);
  const product = sumOfProducts(dy, visited);
  return reshape(product, [info.outChannels, info.inChannels, 1, 1]);
}

/**
 * Vertical shifts of x times horizontal shifts of dy: with k copies of either, one product holds all k · k taps.
 * x is padded in width too, and dy shifted copies are as wide as that.
 */
function bySeparableShifts(x: Value, dy: Value, info: ConvolutionInfo): Value {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const { top, left, bottom, right } = info.padInfo;
  const rows = shiftedCopies(x, [filterHeight, 1], { pads: [top, left, bottom, right] });
  const columns = shiftedCopies(dy, [1, filterWidth], {
    pads: [0, filterWidth - 1, 0, filterWidth - 1],
    reversed: true, // the further right in the filter, the further left in dy
  });
  const product = reshape(sumOfProducts(columns, rows), [outChannels, filterWidth, inChannels, filterHeight]);
  return transpose(product, [0, 2, 3, 1]);
}

/** Every tap's view of x in one strided convolution with selectors, then one product with dy. */
function byAllShifts(x: Value, dy: Value, info: ConvolutionInfo): Value {
  const { top, left, bottom, right } = info.padInfo;
  const { filterHeight, filterWidth } = info;
  const patches = shiftedCopies(x, [filterHeight, filterWidth], {
    pads: [top, left, bottom, right],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
  });
  return reshape(sumOfProducts(dy, patches), [info.outChannels, info.inChannels, filterHeight, filterWidth]);
}

export interface ShiftOptions {
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
export function shiftedCopies(
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
