import * as tf from '@tensorflow/tfjs-core';
import { flattenChannelsFirst, layerBuilder } from '@ard/nn';
import { remaining, twoWidths, type Layout } from './layout.js';

const hidden = 100;

/**
 * Two 4x4 convolutions with stride 2, two linear layers, ReLU between: the shape of many certified and adversarially
 * trained networks (locuslab/convex_adversarial, Verified-Intelligence/alpha-beta-CROWN), whose checkpoints number
 * the modules of a `Sequential`: 0, 2, 5, 7. PyTorch's initialisation.
 */
export const stridedLayout: Layout = (options, shape, classes) => {
  const { padding, mean, std } = options;
  const [first, second] = twoWidths(options, [16, 32]);
  const halved = (extent: number): number => Math.floor((extent + 2 * padding - 4) / 2) + 1;
  const { height, width } = remaining('strided', shape, (extent) => halved(halved(extent)));

  const layers = layerBuilder();
  const common = { kernel: 4, stride: 2, padding, withBias: true };
  const conv1 = layers.conv2d('0', { ...common, inputs: shape.channels, outputs: first });
  const conv2 = layers.conv2d('2', { ...common, inputs: first, outputs: second });
  const linear1 = layers.linear('5', { inputs: second * height * width, outputs: hidden });
  const linear2 = layers.linear('7', { inputs: hidden, outputs: classes });

  return layers.model(
    { name: 'small-cnn-strided', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const features = tf.relu(conv2(tf.relu(conv1(images, pass)), pass));
      return linear2(tf.relu(linear1(flattenChannelsFirst(features), pass)), pass);
    },
  );
};
