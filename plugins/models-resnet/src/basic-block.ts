import * as tf from '@tensorflow/tfjs-core';
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

/** Two 3x3 convolutions with batch norm, and a shortcut around them: relu(F(x) + shortcut(x)). */
export function basicBlock(
  layers: LayerBuilder,
  name: string,
  { inputs, outputs, stride, projection }: BlockOptions,
): Layer<tf.Tensor4D> {
  const conv1 = layers.conv2d(`${name}.conv1`, { inputs, outputs, kernel: 3, stride, padding: 1 });
  const bn1 = layers.batchNorm(`${name}.bn1`, outputs);
  const conv2 = layers.conv2d(`${name}.conv2`, { inputs: outputs, outputs, kernel: 3, padding: 1 });
  const bn2 = layers.batchNorm(`${name}.bn2`, outputs);
  const shortcut = shortcutOf(layers, name, { inputs, outputs, stride, projection });
  return (x, pass) => {
    const inner = tf.relu(bn1(conv1(x, pass), pass));
    return tf.relu(tf.add(bn2(conv2(inner, pass), pass), shortcut(x, pass)));
  };
}

/** `count` blocks in a row, the first with the stride and the change of width. */
export function blockGroup(
  layers: LayerBuilder,
  name: string,
  count: number,
  options: BlockOptions,
): Layer<tf.Tensor4D> {
  const blocks = Array.from({ length: count }, (_, i) =>
    basicBlock(
      layers,
      `${name}.${i}`,
      i === 0 ? options : { ...options, inputs: options.outputs, stride: 1 },
    ),
  );
  return (x, pass) => blocks.reduce((features, block) => block(features, pass), x);
}

function shortcutOf(
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
