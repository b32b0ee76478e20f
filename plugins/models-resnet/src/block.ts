import type * as tf from '@tensorflow/tfjs-core';
import type { ForwardPass, Layer, LayerBuilder } from '@ard/nn';
import { padShortcut } from './pad-shortcut.js';

export interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  /**
   * Module of the 1x1 convolution and batch norm where the shape changes, such as `shortcut`; undefined for the
   * shortcut without parameters (option A).
   */
  readonly projection: string | undefined;
}

/** Declares one residual block. */
export type Block = (layers: LayerBuilder, name: string, options: BlockOptions) => Layer<tf.Tensor4D>;

/** `count` blocks in a row, the first with the stride and the change of width. */
export function blockGroup(
  layers: LayerBuilder,
  name: string,
  block: Block,
  count: number,
  options: BlockOptions,
): Layer<tf.Tensor4D> {
  const blocks = Array.from({ length: count }, (_, i) =>
    block(layers, `${name}.${i}`, i === 0 ? options : { ...options, inputs: options.outputs, stride: 1 }),
  );
  return (x, pass) => blocks.reduce((features, one) => one(features, pass), x);
}

/** What a block adds to its residual: its input, brought to the shape of the output. Declare it last. */
export function shortcutOf(
  layers: LayerBuilder,
  name: string,
  { inputs, outputs, stride, projection }: BlockOptions,
): (x: tf.Tensor4D, pass: ForwardPass) => tf.Tensor4D {
  if (stride === 1 && inputs === outputs) return (x) => x;
  if (projection === undefined) return padShortcut(inputs, outputs, stride);
  const convolution = layers.conv2d(`${name}.${projection}.0`, { inputs, outputs, kernel: 1, stride });
  const norm = layers.batchNorm(`${name}.${projection}.1`, outputs);
  return (x, pass) => norm(convolution(x, pass), pass);
}
