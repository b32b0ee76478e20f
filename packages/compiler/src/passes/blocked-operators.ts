/**
 * ONNX Runtime's operator set over blocked arrays: made for its own optimiser, and loadable like any other. In blocked
 * order `[n, c, h, w]` lies in memory as `[n, c/b, h, w, b]`; the shape that ONNX Runtime sees stays `[n, c, h, w]`.
 */
import { nodeValue } from '../ir/build.js';
import type { Attributes, Shape, Value } from '../ir/graph.js';

export const blockedDomain = 'com.microsoft.nchwc';

/**
 * @param kernel in the order that `blockedWeights` or `outputBlockedWeights` makes
 * @param attributes what differs from one step, no padding, no dilation and one group
 */
export function convolve(
  x: Value,
  kernel: Value,
  shape: Shape,
  attributes: Attributes = {},
  bias?: Value,
): Value {
  const window = {
    kernel_shape: kernel.shape.slice(2),
    pads: [0, 0, 0, 0],
    strides: [1, 1],
    dilations: [1, 1],
    group: 1,
  };
  return nodeValue(
    'Conv',
    bias ? [x, kernel, bias] : [x, kernel],
    { shape, type: 'float32' },
    { attributes: { ...window, ...attributes }, domain: blockedDomain },
  );
}

/** Into blocked order; the channels must divide into blocks. */
export function reorderInput(x: Value): Value {
  return nodeValue('ReorderInput', [x], x, { domain: blockedDomain });
}

/** Back into plain order, of the first `channels`. */
export function reorderOutput(x: Value, channels = x.shape[1]!): Value {
  const [batch = 1, , ...size] = x.shape;
  return nodeValue(
    'ReorderOutput',
    [x],
    { shape: [batch, channels, ...size], type: 'float32' },
    { attributes: { channels }, domain: blockedDomain },
  );
}
