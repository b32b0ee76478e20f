import * as tf from '@tensorflow/tfjs-core';
import { flattenChannelsFirst, layerBuilder, maxPool } from '@ard/nn';
import { remaining, twoWidths, type Layout } from './layout.js';

const hidden = 50;

/**
 * `Net` of TRADES for MNIST (yaodongyu/TRADES, methods.md 8.7): two 5x5 convolutions without padding, each followed
 * by 2x2 max pooling and ReLU, and two linear layers. PyTorch's initialisation.
 *
 * The dropout of 0.5 after `conv2` and `fc1` in training is left out: a model is a pure function of variables and
 * images, and in evaluation, attacks included, dropout is the identity anyway.
 */
export const tradesNetLayout: Layout = (options, shape, classes) => {
  const [first, second] = twoWidths(options, [10, 20]);
  const { mean, std } = options;
  const stage = (extent: number): number => Math.floor((extent - 4) / 2);
  const { height, width } = remaining('trades-net', shape, (extent) => stage(stage(extent)));

  const layers = layerBuilder();
  const common = { kernel: 5, withBias: true };
  const conv1 = layers.conv2d('conv1', { ...common, inputs: shape.channels, outputs: first });
  const conv2 = layers.conv2d('conv2', { ...common, inputs: first, outputs: second });
  const fc1 = layers.linear('fc1', { inputs: second * height * width, outputs: hidden });
  const fc2 = layers.linear('fc2', { inputs: hidden, outputs: classes });

  return layers.model(
    { name: 'small-cnn-trades-net', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const half = tf.relu(maxPool(conv1(images, pass), 2));
      const quarter = tf.relu(maxPool(conv2(half, pass), 2));
      return fc2(tf.relu(fc1(flattenChannelsFirst(quarter), pass)), pass);
    },
  );
};
