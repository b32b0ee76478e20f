import * as tf from '@tensorflow/tfjs-core';
import { flattenChannelsFirst, layerBuilder, maxPool, type Layer, type LayerBuilder } from '@ard/nn';
import { remaining, stageWidths, type Layout } from './layout.js';

const hidden = 256;

/**
 * SmallCNN of friendly adversarial training and GAIRAT for CIFAR (methods.md 8.7): three pairs of 3x3 convolutions with
 * biases and batch norm, each pair followed by 2x2 max pooling, and two linear layers. PyTorch's initialisation.
 */
export const gairatCifarLayout: Layout = (options, shape, classes) => {
  const widths = stageWidths(options, [64, 128, 196]);
  const { mean, std } = options;
  const { height, width } = remaining('gairat-cifar', shape, (extent) =>
    widths.reduce((left) => Math.floor(left / 2), extent),
  );

  const layers = layerBuilder();
  const stages = widths.map((outputs, i) => stage(layers, i + 1, widths[i - 1] ?? shape.channels, outputs));
  const fc1 = layers.linear('fc1', { inputs: widths.at(-1)! * height * width, outputs: hidden });
  const fc2 = layers.linear('fc2', { inputs: hidden, outputs: classes });

  return layers.model(
    { name: 'small-cnn-gairat-cifar', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const features = stages.reduce((x, layer) => layer(x, pass), images);
      return fc2(tf.relu(fc1(flattenChannelsFirst(features), pass)), pass);
    },
  );
};

/** Declares both convolutions before both batch norms, as the state dict has them. */
function stage(layers: LayerBuilder, number: number, inputs: number, outputs: number): Layer<tf.Tensor4D> {
  const common = { outputs, kernel: 3, padding: 1, withBias: true };
  const conv1 = layers.conv2d(`block${number}_conv1`, { ...common, inputs });
  const conv2 = layers.conv2d(`block${number}_conv2`, { ...common, inputs: outputs });
  const norm1 = layers.batchNorm(`batchnorm${number}_1`, outputs);
  const norm2 = layers.batchNorm(`batchnorm${number}_2`, outputs);
  return (x, pass) => {
    const first = tf.relu(norm1(conv1(x, pass), pass));
    return maxPool(tf.relu(norm2(conv2(first, pass), pass)), 2);
  };
}
