/**
 * Orders that ONNX Runtime's blocked convolutions want their weights in; `block` channels lie side by side. A
 * training step reorders all of its weights, so each order is reached by transposes of two adjacent axes and moves
 * of whole blocks, which ONNX Runtime does three to four times faster than one general transpose.
 */
import { scalarValue } from '../ir/build.js';
import { concat, expand, reshape, reverse, transpose } from '../ir/emit.js';
import { sizeOf, type Value } from '../ir/graph.js';
import { reorderInput, reorderOutput } from './blocked-operators.js';
import { turnedSource } from './turned-weights.js';

/** `[out, in, h, w]` with blocks of outputs and of inputs: `[out/b, in/b, h, w, b (in), b (out)]`. */
export function blockedWeights(weights: Value, block: number): Value {
  const source = turnedSource(weights);
  if (source) return blockedTurnedWeights(source, weights, block);
  const [out = 1, into = 1, height = 1, width = 1] = weights.shape;
  const taps = height * width;
  // as an image with the outputs as channels: [out/b, in, taps, b (out)]
  const blocks = reorderInput(reshape(weights, [1, out, into, taps]));
  const moved = transpose(reshape(blocks, [(out * into) / block ** 2, block, taps, block]), [0, 2, 1, 3]);
  return reshape(moved, [out, into, height, width]);
}

/** The way back, from `[in/b, out/b, taps, b (in), b (out)]`, with `taps` as height and width. */
export function plainWeights(blocks: Value, taps: readonly [number, number]): Value {
  const [intoBlocks = 1, outBlocks = 1, count = 1, into = 1, out = 1] = blocks.shape;
  const moved = transpose(blocks, [1, 0, 3, 2, 4]);
  const channels = outBlocks * out;
  const image = reshape(moved, [1, channels, intoBlocks * into, count]);
  const plain = reorderOutput(image);
  return reshape(plain, [channels, intoBlocks * into, ...taps]);
}

/** The same of `source`, `[in, out, h, w]`, with channels exchanged and taps in reverse order. */
function blockedTurnedWeights(source: Value, { shape }: Value, block: number): Value {
  const [out = 1, into = 1, height = 1, width = 1] = shape;
  const taps = height * width;
  const outFirst = transpose(reshape(source, [into, out * taps]), [1, 0]);
  const blocks = transpose(reshape(outFirst, [out / block, block, taps * into]), [0, 2, 1]);
  const turned = reverse(reshape(blocks, [out / block, taps, into / block, block ** 2]), [1]);
  return reshape(transpose(turned, [0, 2, 1, 3]), shape);
}

/** `[out, in, h, w]` to `[h · w, out, in]`. */
export function tapsFirst(weights: Value): Value {
  const [out = 1, into = 1, height = 1, width = 1] = weights.shape;
  const taps = height * width;
  return reshape(transpose(reshape(weights, [out * into, taps]), [1, 0]), [taps, out, into]);
}

/** `[taps, out, in]` to `[taps, out/b, in/b, b (in), b (out)]`. */
export function blockedTaps(value: Value, block: number): Value {
  const [taps = 1, out = 1, into = 1] = value.shape;
  const blocks = transpose(reshape(value, [(taps * out) / block, block, into]), [0, 2, 1]);
  return reshape(blocks, [taps, out / block, into / block, block, block]);
}

/** `[out, in, h, w]` with blocks of outputs only, for images of few channels and for depthwise weights. */
export function outputBlockedWeights(weights: Value, block: number): Value {
  const [out = 1, ...rest] = weights.shape;
  const split = reshape(weights, [out / block, block, sizeOf(rest)]);
  return reshape(transpose(split, [0, 2, 1]), weights.shape);
}

/** Fills up with zeros to `count` along the first axis. */
export function withZeroRows(value: Value, count: number): Value {
  const missing = count - value.shape[0]!;
  if (missing === 0) return value;
  return concat([value, expand(scalarValue(0), [missing, ...value.shape.slice(1)])], 0);
}
