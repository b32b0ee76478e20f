import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { ImageShape, Model, Recognition, TensorShapes } from '@ard/core';
import { globalAveragePool, layerBuilder, normalisationOptions } from '@ard/nn';
import { invertedResidual } from './inverted-residual.js';

export const mobilenetV2Options = z.object({
  width: z
    .number()
    .positive()
    .max(16)
    .default(1)
    .describe('factor on the number of channels, above 0, at most 16'),
  ...normalisationOptions,
});

export type MobilenetV2Options = z.infer<typeof mobilenetV2Options>;

const stemChannels = 32;
const headChannels = 1280;

/** Groups of blocks: expansion, channels, number of blocks, stride of the first one. */
const groups: readonly (readonly [expansion: number, channels: number, count: number, stride: 1 | 2])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 1],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/**
 * MobileNetV2 (Sandler et al. 2018) as kuangliu/pytorch-cifar made it for small images and all ARD repositories use
 * it: two strides fewer, ReLU in place of ReLU6, and shortcuts that project where only the width changes. Names and
 * initialisation are PyTorch's (methods.md 8.3).
 */
export function mobilenetV2(
  { width, mean, std }: MobilenetV2Options,
  shape: ImageShape,
  classes: number,
): Model {
  const widened = (channels: number): number => Math.max(1, Math.round(channels * width));
  const stem = widened(stemChannels);
  const head = widened(headChannels);

  const layers = layerBuilder();
  const conv1 = layers.conv2d('conv1', { inputs: shape.channels, outputs: stem, kernel: 3, padding: 1 });
  const bn1 = layers.batchNorm('bn1', stem);
  const blocks = groups
    .flatMap(([expansion, channels, count, stride]) =>
      Array.from({ length: count }, (_, i) => ({
        expansion,
        outputs: widened(channels),
        stride: i === 0 ? stride : 1,
      })),
    )
    .map((block, i, all) =>
      invertedResidual(layers, `layers.${i}`, { ...block, inputs: all[i - 1]?.outputs ?? stem }),
    );
  const conv2 = layers.conv2d('conv2', { inputs: widened(groups.at(-1)![1]), outputs: head, kernel: 1 });
  const bn2 = layers.batchNorm('bn2', head);
  const linear = layers.linear('linear', { inputs: head, outputs: classes });

  const name = `mobilenet-v2${width === 1 ? '' : `-width-${Math.round(100 * width)}-percent`}`;
  return layers.model({ name, shape, classes, normalisation: { mean, std } }, (images, pass) => {
    const first = tf.relu(bn1(conv1(images, pass), pass));
    const features = blocks.reduce((x, block) => block(x, pass), first);
    return linear(globalAveragePool(tf.relu(bn2(conv2(features, pass), pass))), pass);
  });
}

/** Reads the width of a `mobilenet-v2` off a checkpoint. */
export function recogniseMobilenetV2(tensors: TensorShapes): readonly Recognition[] {
  const last = tensors.get('linear.weight')?.[1];
  if (last === undefined || !tensors.has('layers.16.conv3.weight')) return [];
  return [{ options: { width: last / headChannels } }];
}
