import * as tf from '@tensorflow/tfjs-core';
import { ArdError, type ImageShape, type Model } from '@ard/core';
import { globalAveragePool, layerBuilder, normaliseImages, swish, type Layer } from '@ard/nn';
import { styles } from './style.js';
import { wideBlock, type Activation } from './wide-block.js';
import type { WideResnetOptions } from './wide-resnet-options.js';

const stem = 16;
const activations: Readonly<Record<WideResnetOptions['activation'], Activation>> = {
  relu: (x) => tf.relu(x),
  swish: (x) => swish(x),
};

/**
 * Wide residual networks (Zagoruyko and Komodakis 2016): a stem of 16 channels and three groups of (depth − 4) / 6
 * pre-activation blocks (in GAIRAT's counting (depth − 2) / 6), the second and third of which halve the image. Global average pooling makes other image
 * sizes than 32x32 work.
 *
 * @throws ArdError for `subBlock1` outside the style trades, and for images that DeepMind's padding does not fit
 */
export function wideResnet(options: WideResnetOptions, shape: ImageShape, classes: number): Model {
  checkOptions(options, shape);
  const { depth, widenFactor, subBlock1, inputPadding, mean, std } = options;
  const style = styles[options.style];
  const activation = activations[options.activation];
  const blockCount = Math.floor((depth - 2) / 6);
  const widths = [16, 32, 64].map((count) => Math.max(1, Math.round(count * widenFactor)));
  const last = widths.at(-1)!;

  const layers = layerBuilder(style.convolutionInitialisation);
  const conv1 = layers.conv2d(style.stem, { inputs: shape.channels, outputs: stem, kernel: 3, padding: 1 });
  const groupOf = (group: number, prefix = ''): Layer<tf.Tensor4D>[] => {
    const outputs = widths[group - 1]!;
    return Array.from({ length: blockCount }, (_, i) =>
      wideBlock(layers, `${prefix}${style.block(group, i)}`, style, activation, {
        inputs: i === 0 ? (widths[group - 2] ?? stem) : outputs,
        outputs,
        stride: i === 0 && group > 1 ? 2 : 1,
      }),
    );
  };
  const first = groupOf(1);
  // TRADES declares it here and never uses it; checkpoints hold its first values
  if (subBlock1) groupOf(1, 'sub_');
  const blocks = [...first, ...groupOf(2), ...groupOf(3)];
  const norm = layers.batchNorm(style.finalNorm, last);
  const classifier = layers.linear(style.classifier, {
    ...style.classifierInitialisation,
    inputs: last,
    outputs: classes,
  });

  // normalises by itself, because DeepMind's networks pad the image before
  const network = layers.model({ name: nameOf(options), shape, classes }, (images, pass) => {
    const padded = normaliseImages(surround(images, inputPadding), mean, std);
    const features = blocks.reduce((x, block) => block(x, pass), conv1(padded, pass));
    return classifier(globalAveragePool(activation(norm(features, pass))), pass);
  });
  return { ...network, normalisation: { mean, std } };
}

function surround(images: tf.Tensor4D, pixels: number): tf.Tensor4D {
  if (pixels === 0) return images;
  const sides: [number, number] = [pixels, pixels];
  return tf.pad4d(images, [[0, 0], sides, sides, [0, 0]]);
}

function checkOptions({ style, subBlock1, inputPadding }: WideResnetOptions, shape: ImageShape): void {
  if (style !== 'deepmind') return;
  if (subBlock1) {
    throw new ArdError('wide-resnet: subBlock1 is a part of the style trades, and the style is deepmind', {
      remedy: 'Leave subBlock1 out.',
    });
  }
  const { height, width } = shape;
  if ([height, width].some((extent) => (extent + 2 * inputPadding) % 4 !== 0)) {
    throw new ArdError(`wide-resnet: the style deepmind halves images twice, ${height}x${width} cannot be`, {
      remedy: 'Choose inputPadding so that height and width with twice of it are multiples of 4.',
    });
  }
}

function nameOf({ style, depth, widenFactor, subBlock1 }: WideResnetOptions): string {
  const widening = Number.isInteger(widenFactor) ? widenFactor : `${Math.round(100 * widenFactor)}-percent`;
  const authors = style === 'deepmind' ? 'deepmind-' : '';
  return `wide-resnet-${authors}${depth}-${widening}${subBlock1 ? '-sub-block1' : ''}`;
}
