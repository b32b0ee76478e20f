/**
 * Weight gradients of blocked activations as blocked convolutions, about as fast as the convolution itself.
 *
 * A convolution sums over its input channels and its window. Here that sum has to run over images and positions,
 * while the channels of x and dy are what is left. So images (or the positions of a row) are declared to be the input
 * channels, the height and width of dy the window, and dy itself is the kernel: what lies in memory as
 * `[n, out/b, h, w, b (out)]` is, without moving, a kernel `[out/b, in/b, h, w, b (in), b (out)]` whose "input
 * channels" are b neighbours in a row.
 */
import type { Node, Value } from '../ir/graph.js';
import { weightGradientOf, type WeightGradient } from '../ir/weight-gradient.js';
import type { BlockedValues } from './blocked-values.js';
import { weightGradientAcrossImages } from './weight-gradient-across-images.js';
import { weightGradientAcrossRows } from './weight-gradient-across-rows.js';
import { weightGradientPerChannel } from './weight-gradient-per-channel.js';

type Method = (gradient: WeightGradient, values: BlockedValues) => Value | undefined;

const ofDepthwise: readonly Method[] = [weightGradientPerChannel];
const ofDense: readonly Method[] = [weightGradientAcrossRows, weightGradientAcrossImages];

export function blockedWeightGradient(node: Node, values: BlockedValues): boolean {
  const gradient = weightGradientOf(node);
  if (!gradient || !values.canBlock(gradient.dy)) return false;
  for (const method of gradient.window.group === 1 ? ofDense : ofDepthwise) {
    const result = method(gradient, values);
    if (!result) continue;
    values.setPlain(node.outputs[0]!, result);
    return true;
  }
  return false;
}
