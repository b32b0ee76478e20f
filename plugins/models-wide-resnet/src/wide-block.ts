import * as tf from '@tensorflow/tfjs-core';
import type { Layer, LayerBuilder } from '@ard/nn';
import type { Style } from './style.js';

export type Activation = (x: tf.Tensor4D) => tf.Tensor4D;

export interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
}

/**
 * Two 3x3 convolutions, each after batch norm and activation, and a shortcut around them: the input as it is, or,
 * where the width changes, a 1x1 convolution of the input after batch norm and activation.
 */
export function wideBlock(
  layers: LayerBuilder,
  name: string,
  style: Style,
  activation: Activation,
  { inputs, outputs, stride }: BlockOptions,
): Layer<tf.Tensor4D> {
  const padding = stride === 1 ? 1 : style.stridedPadding;
  const norm1 = layers.batchNorm(`${name}.${style.norms[0]}`, inputs);
  const conv1 = layers.conv2d(`${name}.${style.convolutions[0]}`, {
    inputs,
    outputs,
    kernel: 3,
    stride,
    padding,
  });
  const norm2 = layers.batchNorm(`${name}.${style.norms[1]}`, outputs);
  const conv2 = layers.conv2d(`${name}.${style.convolutions[1]}`, {
    inputs: outputs,
    outputs,
    kernel: 3,
    padding: 1,
  });
  const projection =
    inputs === outputs
      ? undefined
      : layers.conv2d(`${name}.${style.shortcut}`, { inputs, outputs, kernel: 1, stride });
  return (x, pass) => {
    const activated = activation(norm1(x, pass));
    const residual = conv2(activation(norm2(conv1(activated, pass), pass)), pass);
    return tf.add(residual, projection?.(activated, pass) ?? x);
  };
}
