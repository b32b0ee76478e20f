import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape, Model } from '@ard/core';
import { globalAveragePool, kaimingNormal, layerBuilder, type LayerInitialisation } from '@ard/nn';
import { basicBlock } from './basic-block.js';
import { blockGroup, type Block } from './block.js';
import { bottleneckBlock, bottleneckExpansion } from './bottleneck-block.js';
import { threeGroupDepths, type ResnetOptions } from './resnet-options.js';

/** What a depth stands for, and how its authors named and initialised it. */
interface Family {
  /** Channels of each group's 3x3 convolutions, before the width factor. */
  readonly channels: readonly number[];
  readonly block: Block;
  /** Outputs of a block per channel of its 3x3 convolutions. */
  readonly expansion: number;
  /** Blocks of each group. */
  readonly blocks: readonly number[];
  /** Module of the projecting shortcuts; undefined for shortcuts without parameters. */
  readonly projection: string | undefined;
  readonly classifier: string;
  readonly initialisation: LayerInitialisation;
}

/**
 * Residual networks for small images (He et al. 2016), named as in the PyTorch code that published checkpoints come
 * from. Group k > 1 halves the image; global average pooling makes any image size work.
 *
 * - 18, 34, and 50 with bottleneck blocks: kuangliu/pytorch-cifar, used by all ARD repositories (methods.md 8.1);
 *   PyTorch's initialisation.
 * - 6n + 2: akamaster/pytorch_resnet_cifar10 with shortcut A; with B the names of MTARD's clean teachers (8.6);
 *   Kaiming-normal weights.
 */
export function resnet(options: ResnetOptions, shape: ImageShape, classes: number): Model {
  const { channels, block, expansion, blocks, projection, classifier, initialisation } = familyOf(options);
  const planes = channels.map((count) => Math.max(1, Math.round(count * options.width)));
  const stem = planes[0]!;
  const widths = planes.map((count) => expansion * count);

  const layers = layerBuilder(initialisation);
  const conv1 = layers.conv2d('conv1', { inputs: shape.channels, outputs: stem, kernel: 3, padding: 1 });
  const bn1 = layers.batchNorm('bn1', stem);
  const groups = widths.map((outputs, i) =>
    blockGroup(layers, `layer${i + 1}`, block, blocks[i]!, {
      inputs: widths[i - 1] ?? stem,
      outputs,
      stride: i === 0 ? 1 : 2,
      projection,
    }),
  );
  const linear = layers.linear(classifier, { inputs: widths.at(-1)!, outputs: classes });

  const { mean, std } = options;
  return layers.model(
    { name: nameOf(options), shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const first = tf.relu(bn1(conv1(images, pass), pass));
      const features = groups.reduce((x, group) => group(x, pass), first);
      return linear(globalAveragePool(features), pass);
    },
  );
}

function familyOf({ depth, shortcut }: ResnetOptions): Family {
  if (isThreeGroups(depth)) {
    const n = (depth - 2) / 6;
    return {
      channels: [16, 32, 64],
      block: basicBlock,
      expansion: 1,
      blocks: [n, n, n],
      projection: shortcut === 'B' ? 'downsample' : undefined,
      classifier: shortcut === 'B' ? 'fc' : 'linear',
      initialisation: { weight: kaimingNormal },
    };
  }
  const bottleneck = depth === 50;
  return {
    channels: [64, 128, 256, 512],
    block: bottleneck ? bottleneckBlock : basicBlock,
    expansion: bottleneck ? bottleneckExpansion : 1,
    blocks: depth === 18 ? [2, 2, 2, 2] : [3, 4, 6, 3],
    projection: 'shortcut',
    classifier: 'linear',
    initialisation: {},
  };
}

function isThreeGroups(depth: number): boolean {
  return threeGroupDepths.some((other) => other === depth);
}

function nameOf({ depth, width, shortcut }: ResnetOptions): string {
  const option = isThreeGroups(depth) && shortcut === 'B' ? '-b' : '';
  return `resnet-${depth}${option}${width === 1 ? '' : `-width-${Math.round(100 * width)}-percent`}`;
}
