import * as tf from '@tensorflow/tfjs-core';
import type { Layer, LayerBuilder } from '@ard/nn';
import type { PreactResnetOptions } from './preact-resnet-options.js';

export interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly shortcutInput: PreactResnetOptions['shortcutInput'];
}

/**
 * Two 3x3 convolutions, each after batch norm and ReLU, and a shortcut around them that nothing follows. Where the
 * shape changes the shortcut is a 1x1 convolution without batch norm.
 */
export function preactivationBlock(
  layers: LayerBuilder,
  name: string,
  { inputs, outputs, stride, shortcutInput }: BlockOptions,
): Layer<tf.Tensor4D> {
  const bn1 = layers.batchNorm(`${name}.bn1`, inputs);
  const conv1 = layers.conv2d(`${name}.conv1`, { inputs, outputs, kernel: 3, stride, padding: 1 });
  const bn2 = layers.batchNorm(`${name}.bn2`, outputs);
  const conv2 = layers.conv2d(`${name}.conv2`, { inputs: outputs, outputs, kernel: 3, padding: 1 });
  const changes = stride !== 1 || inputs !== outputs;
  const projection = changes
    ? layers.conv2d(`${name}.shortcut.0`, { inputs, outputs, kernel: 1, stride })
    : undefined;
  return (x, pass) => {
    const preactivated = tf.relu(bn1(x, pass));
    const residual = conv2(tf.relu(bn2(conv1(preactivated, pass), pass)), pass);
    const shortcut = projection?.(shortcutInput === 'raw' ? x : preactivated, pass) ?? x;
    return tf.add(residual, shortcut);
  };
}
