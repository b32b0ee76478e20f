import * as tf from '@tensorflow/tfjs-core';
import type { Layer, LayerBuilder } from '@ard/nn';

export interface InvertedResidualOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Channels between are this many times the inputs. */
  readonly expansion: number;
  readonly stride: 1 | 2;
}

/**
 * Widen by a 1x1 convolution, 3x3 depthwise, narrow by another 1x1 without an activation. Blocks without stride add
 * their input, through a projection if the width changes; strided ones add nothing.
 */
export function invertedResidual(
  layers: LayerBuilder,
  name: string,
  { inputs, outputs, expansion, stride }: InvertedResidualOptions,
): Layer<tf.Tensor4D> {
  const planes = expansion * inputs;
  const expand = layers.conv2d(`${name}.conv1`, { inputs, outputs: planes, kernel: 1 });
  const bn1 = layers.batchNorm(`${name}.bn1`, planes);
  const depthwise = layers.conv2d(`${name}.conv2`, {
    inputs: planes,
    outputs: planes,
    kernel: 3,
    stride,
    padding: 1,
    groups: planes,
  });
  const bn2 = layers.batchNorm(`${name}.bn2`, planes);
  const project = layers.conv2d(`${name}.conv3`, { inputs: planes, outputs, kernel: 1 });
  const bn3 = layers.batchNorm(`${name}.bn3`, outputs);
  const residual: Layer<tf.Tensor4D> = (x, pass) => {
    const expanded = tf.relu(bn1(expand(x, pass), pass));
    const filtered = tf.relu(bn2(depthwise(expanded, pass), pass));
    return bn3(project(filtered, pass), pass);
  };
  if (stride === 2) return residual;
  const shortcut = shortcutOf(layers, name, inputs, outputs);
  return (x, pass) => tf.add(residual(x, pass), shortcut(x, pass));
}

function shortcutOf(layers: LayerBuilder, name: string, inputs: number, outputs: number): Layer<tf.Tensor4D> {
  if (inputs === outputs) return (x) => x;
  const convolution = layers.conv2d(`${name}.shortcut.0`, { inputs, outputs, kernel: 1 });
  const norm = layers.batchNorm(`${name}.shortcut.1`, outputs);
  return (x, pass) => norm(convolution(x, pass), pass);
}
