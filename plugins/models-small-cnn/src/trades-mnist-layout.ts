import * as tf from '@tensorflow/tfjs-core';
import { flattenChannelsFirst, kaimingNormal, layerBuilder, maxPool, zeros } from '@ard/nn';
import { remaining, twoWidths, type Layout } from './layout.js';

const hidden = 200;

/**
 * SmallCNN of TRADES for MNIST (yaodongyu/TRADES, methods.md 8.7): two pairs of 3x3 convolutions without padding,
 * each followed by 2x2 max pooling, and three linear layers. Kaiming-normal convolutions with bias 0, the last linear
 * layer all 0 as released.
 *
 * The dropout of 0.5 after `classifier.fc1` in training is left out: a model is a pure function of variables and
 * images, and in evaluation, attacks included, dropout is the identity anyway.
 */
export const tradesMnistLayout: Layout = (options, shape, classes) => {
  const [first, second] = twoWidths(options, [32, 64]);
  const { mean, std } = options;
  const stage = (extent: number): number => Math.floor((extent - 4) / 2);
  const { height, width } = remaining('trades-mnist', shape, (extent) => stage(stage(extent)));

  const layers = layerBuilder();
  const convolution = (name: string, inputs: number, outputs: number) =>
    layers.conv2d(`feature_extractor.${name}`, {
      inputs,
      outputs,
      kernel: 3,
      withBias: true,
      weight: kaimingNormal,
      bias: zeros,
    });
  const conv1 = convolution('conv1', shape.channels, first);
  const conv2 = convolution('conv2', first, first);
  const conv3 = convolution('conv3', first, second);
  const conv4 = convolution('conv4', second, second);
  const fc1 = layers.linear('classifier.fc1', { inputs: second * height * width, outputs: hidden });
  const fc2 = layers.linear('classifier.fc2', { inputs: hidden, outputs: hidden });
  const fc3 = layers.linear('classifier.fc3', {
    inputs: hidden,
    outputs: classes,
    weight: zeros,
    bias: zeros,
  });

  return layers.model(
    { name: 'small-cnn-trades-mnist', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const half = maxPool(tf.relu(conv2(tf.relu(conv1(images, pass)), pass)), 2);
      const quarter = maxPool(tf.relu(conv4(tf.relu(conv3(half, pass)), pass)), 2);
      const features = tf.relu(fc1(flattenChannelsFirst(quarter), pass));
      return fc3(tf.relu(fc2(features, pass)), pass);
    },
  );
};
