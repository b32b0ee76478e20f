import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape, Model } from '@ard/core';
import { globalAveragePool, layerBuilder } from '@ard/nn';
import type { PreactResnetOptions } from './preact-resnet-options.js';
import { preactivationBlock } from './preactivation-block.js';

const groupChannels = [64, 128, 256, 512];
const blockCounts = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3] } as const;

/**
 * Residual networks with batch norm and ReLU before the convolutions (He et al., "Identity Mappings in Deep Residual
 * Networks", 2016) for small images, in the variants that the robustness repositories use (methods.md 8.2). Names
 * and initialisation are PyTorch's; global average pooling makes any image size work.
 */
export function preactResnet(options: PreactResnetOptions, shape: ImageShape, classes: number): Model {
  const { depth, width, finalBatchNorm, shortcutInput, mean, std } = options;
  const widths = groupChannels.map((count) => Math.max(1, Math.round(count * width)));
  const [stem, last] = [widths[0]!, widths.at(-1)!];

  const layers = layerBuilder();
  const conv1 = layers.conv2d('conv1', { inputs: shape.channels, outputs: stem, kernel: 3, padding: 1 });
  const blocks = widths.flatMap((outputs, group) =>
    Array.from({ length: blockCounts[depth][group]! }, (_, i) =>
      preactivationBlock(layers, `layer${group + 1}.${i}`, {
        inputs: i === 0 ? (widths[group - 1] ?? stem) : outputs,
        outputs,
        stride: i === 0 && group > 0 ? 2 : 1,
        shortcutInput,
      }),
    ),
  );
  const bn = finalBatchNorm ? layers.batchNorm('bn', last) : undefined;
  const linear = layers.linear('linear', { inputs: last, outputs: classes });

  return layers.model(
    { name: nameOf(options), shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const features = blocks.reduce((x, block) => block(x, pass), conv1(images, pass));
      return linear(globalAveragePool(bn ? tf.relu(bn(features, pass)) : features), pass);
    },
  );
}

function nameOf({ depth, width, finalBatchNorm, shortcutInput }: PreactResnetOptions): string {
  return [
    `preact-resnet-${depth}`,
    ...(finalBatchNorm ? [] : ['no-final-batch-norm']),
    ...(shortcutInput === 'raw' ? ['raw-shortcut'] : []),
    ...(width === 1 ? [] : [`width-${Math.round(100 * width)}-percent`]),
  ].join('-');
}
