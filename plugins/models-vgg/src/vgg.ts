import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { ImageShape, Model, Recognition, TensorShapes } from '@ard/core';
import {
  globalAveragePool,
  layerBuilder,
  maxPool,
  normalisationOptions,
  type Layer,
  type LayerBuilder,
} from '@ard/nn';

export const depths = [11, 13, 16, 19] as const;

export const vggOptions = z.object({
  depth: z.literal(depths).default(16).describe('layers with weights, counting three linear ones as VGG did'),
  width: z
    .number()
    .positive()
    .max(16)
    .default(1)
    .describe('factor on the number of channels, above 0, at most 16'),
  ...normalisationOptions,
});

export type VggOptions = z.infer<typeof vggOptions>;

const stageChannels = [64, 128, 256, 512, 512];
/** Convolutions of each stage. */
const convolutionCounts = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
} as const;

/**
 * VGG (Simonyan and Zisserman 2015) with batch norm for small images, as in kuangliu/pytorch-cifar: five stages of
 * 3x3 convolutions with biases, each followed by 2x2 max pooling, and a single linear layer. Modules are numbered as
 * in a PyTorch `Sequential`, activations and poolings included. PyTorch's initialisation.
 *
 * A pooling that would leave nothing, the last one on 28x28 images, is left out, and what is left of larger images
 * is averaged: other than 32x32 the original does not take.
 */
export function vgg({ depth, width, mean, std }: VggOptions, shape: ImageShape, classes: number): Model {
  const widths = stageChannels.map((count) => Math.max(1, Math.round(count * width)));
  const layers = layerBuilder();
  const features: Layer<tf.Tensor4D>[] = [];
  let module = 0;
  let inputs = shape.channels;
  for (const [stage, outputs] of widths.entries()) {
    for (let i = 0; i < convolutionCounts[depth][stage]!; i++) {
      features.push(convolution(layers, module, inputs, outputs));
      inputs = outputs;
      module += 3;
    }
    features.push(halve);
    module += 1;
  }
  const classifier = layers.linear('classifier', { inputs, outputs: classes });

  const name = `vgg-${depth}${width === 1 ? '' : `-width-${Math.round(100 * width)}-percent`}`;
  return layers.model({ name, shape, classes, normalisation: { mean, std } }, (images, pass) => {
    const last = features.reduce((x, layer) => layer(x, pass), images);
    return classifier(globalAveragePool(last), pass);
  });
}

/** Modules n, n + 1 and n + 2: convolution, batch norm, ReLU. */
function convolution(
  layers: LayerBuilder,
  module: number,
  inputs: number,
  outputs: number,
): Layer<tf.Tensor4D> {
  const conv = layers.conv2d(`features.${module}`, {
    inputs,
    outputs,
    kernel: 3,
    padding: 1,
    withBias: true,
  });
  const norm = layers.batchNorm(`features.${module + 1}`, outputs);
  return (x, pass) => tf.relu(norm(conv(x, pass), pass));
}

function halve(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return Math.min(height, width) < 2 ? x : maxPool(x, 2);
}

/** Reads depth and width of a `vgg` off a checkpoint: where the stages begin tells the depth. */
export function recogniseVgg(tensors: TensorShapes): readonly Recognition[] {
  const last = tensors.get('classifier.weight')?.[1];
  if (last === undefined || !tensors.has('features.0.weight')) return [];
  const convolutions = [...tensors].filter(
    ([name, shape]) => /^features\.\d+\.weight$/.test(name) && shape.length === 4,
  ).length;
  return depths
    .filter((depth) => convolutionCounts[depth].reduce((sum, count) => sum + count, 0) === convolutions)
    .map((depth) => ({ options: { depth, width: last / stageChannels.at(-1)! } }));
}
