/** Orders that ONNX Runtime's blocked convolutions want their weights in; `block` channels lie side by side. */
import { scalarValue } from '../ir/build.js';
import { concat, expand, reshape, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';

/** `[out, in, h, w]` with blocks of outputs and of inputs: `[out/b, in/b, h, w, b (in), b (out)]`. */
export function blockedWeights(weights: Value, block: number): Value {
  const [out = 1, into = 1, height = 1, width = 1] = weights.shape;
  const split = reshape(weights, [out / block, block, into / block, block, height, width]);
  return reshape(transpose(split, [0, 2, 4, 5, 3, 1]), weights.shape);
}

/** `[out, in, h, w]` with blocks of outputs only, for images of few channels and for depthwise weights. */
export function outputBlockedWeights(weights: Value, block: number): Value {
  const [out = 1, into = 1, height = 1, width = 1] = weights.shape;
  const split = reshape(weights, [out / block, block, into, height, width]);
  return reshape(transpose(split, [0, 2, 3, 4, 1]), weights.shape);
}

/** Fills up with zeros to `count` along the first axis. */
export function withZeroRows(value: Value, count: number): Value {
  const missing = count - value.shape[0]!;
  if (missing === 0) return value;
  return concat([value, expand(scalarValue(0), [missing, ...value.shape.slice(1)])], 0);
}
