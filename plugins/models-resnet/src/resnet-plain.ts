import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { ImageShape, Model } from '@ard/core';
import {
  flattenChannelsFirst,
  layerBuilder,
  normalisationOptions,
  type Layer,
  type LayerBuilder,
} from '@ard/nn';

export const resnetPlainOptions = z.object({
  layout: z
    .enum(['2b', '4b'])
    .default('4b')
    .describe(
      '2b: one group of two blocks, 8 and 16 channels; 4b: two groups of two blocks, 16 and 32 channels',
    ),
  ...normalisationOptions,
});

export type ResnetPlainOptions = z.infer<typeof resnetPlainOptions>;

const hidden = 100;

/**
 * The small residual networks without batch norm, `resnet2b` and `resnet4b`, of the neural network verification
 * competition (Verified-Intelligence/alpha-beta-CROWN); the only robust residual teachers that are small and public.
 *
 * A 3x3 convolution with stride 2, groups of two blocks with strides 2 and 1, two linear layers with 100 units
 * between. PyTorch's initialisation.
 */
export function resnetPlain(
  { layout, mean, std }: ResnetPlainOptions,
  shape: ImageShape,
  classes: number,
): Model {
  const [stem, outputs, groups] = layout === '2b' ? [8, 16, 1] : [16, 32, 2];
  const layers = layerBuilder();
  const conv1 = layers.conv2d('conv1', {
    inputs: shape.channels,
    outputs: stem,
    kernel: 3,
    stride: 2,
    padding: 1,
    withBias: true,
  });
  const blocks = Array.from({ length: groups }, (_, i) => [
    plainBlock(layers, `layer${i + 1}.0`, i === 0 ? stem : outputs, outputs, 2),
    plainBlock(layers, `layer${i + 1}.1`, outputs, outputs, 1),
  ]).flat();
  const halvings = 1 + groups;
  const inputs = outputs * halved(shape.height, halvings) * halved(shape.width, halvings);
  const linear1 = layers.linear('linear1', { inputs, outputs: hidden });
  const linear2 = layers.linear('linear2', { inputs: hidden, outputs: classes });

  return layers.model(
    { name: `resnet-${layout}`, shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const first = tf.relu(conv1(images, pass));
      const features = blocks.reduce((x, block) => block(x, pass), first);
      return linear2(tf.relu(linear1(flattenChannelsFirst(features), pass)), pass);
    },
  );
}

/** Convolutions with biases; the shortcut of a strided block is a 1x1 convolution. */
function plainBlock(
  layers: LayerBuilder,
  name: string,
  inputs: number,
  outputs: number,
  stride: 1 | 2,
): Layer<tf.Tensor4D> {
  const common = { outputs, withBias: true };
  const conv1 = layers.conv2d(`${name}.conv1`, { ...common, inputs, kernel: 3, stride, padding: 1 });
  const conv2 = layers.conv2d(`${name}.conv2`, { ...common, inputs: outputs, kernel: 3, padding: 1 });
  const shortcut: Layer<tf.Tensor4D> =
    stride === 1 ? (x) => x : layers.conv2d(`${name}.shortcut.0`, { ...common, inputs, kernel: 1, stride });
  return (x, pass) => tf.relu(tf.add(conv2(tf.relu(conv1(x, pass)), pass), shortcut(x, pass)));
}

/** A convolution with stride 2 that keeps the border rounds up. */
function halved(extent: number, times: number): number {
  return times === 0 ? extent : halved(Math.ceil(extent / 2), times - 1);
}
