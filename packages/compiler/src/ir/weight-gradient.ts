/**
 * The gradient of a convolution's weights is an operator of the compiler's own. ONNX has none; passes replace it by
 * what the target computes fastest, once they know in which order the activations lie in memory.
 */
import { nodeValue } from './build.js';
import type { Node, Value } from './graph.js';

/** Operators that no runtime knows; none is left in an optimised graph. */
export const ownDomain = 'ard';
const operator = 'ConvWeightGradient';

/** The window of the convolution whose weights the gradient is of; pairs are (height, width). */
export interface ConvolutionWindow {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  /** 1, or the number of input channels of a depthwise convolution. */
  readonly group: number;
}

export interface WeightGradient {
  /** `[batch, in, height, width]`, input of the convolution. */
  readonly x: Value;
  /** `[batch, out, outHeight, outWidth]`, gradient of its output. */
  readonly dy: Value;
  readonly window: ConvolutionWindow;
}

/** @returns `[out, in / group, height, width]` */
export function weightGradient({ x, dy, window }: WeightGradient): Value {
  const { kernel, strides, dilations, pads, group } = window;
  const shape = [dy.shape[1]!, x.shape[1]! / group, ...kernel];
  const attributes = { kernel, strides, dilations, pads, group };
  return nodeValue(operator, [x, dy], { shape, type: 'float32' }, { attributes, domain: ownDomain });
}

/** What a node computes, if it is a weight gradient. */
export function weightGradientOf(node: Node): WeightGradient | undefined {
  if (node.op !== operator || node.domain !== ownDomain) return undefined;
  const [x, dy] = node.inputs as [Value, Value];
  return { x, dy, window: node.attributes as unknown as ConvolutionWindow };
}
