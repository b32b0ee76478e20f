import * as tf from '@tensorflow/tfjs-core';
import { flattenChannelsFirst, layerBuilder, maxPool, type Initialiser } from '@ard/nn';
import { remaining, twoWidths, type Layout } from './layout.js';

const hidden = 1024;
const deviation = 0.1;

/** TensorFlow's truncated normal: what falls beyond two standard deviations is drawn again. */
const truncatedNormal: Initialiser = (random, shape) => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  const values = random.normal(length, 0, deviation);
  for (let round = 1; values.some(isOutside); round++) {
    const again = random.derive('again', round).normal(length, 0, deviation);
    values.forEach((value, i) => {
      if (isOutside(value)) values[i] = again[i]!;
    });
  }
  return values;
};

const tenth: Initialiser = (_, shape) => new Float32Array(shape[0]!).fill(0.1);

/**
 * Network of MadryLab/mnist_challenge (methods.md 8.7): two 5x5 convolutions that keep the size, each followed by ReLU
 * and 2x2 max pooling, and two linear layers. First values as there: truncated normal with standard deviation 0.1,
 * biases 0.1.
 *
 * The original is TensorFlow code without PyTorch names; these follow the habit. A converted checkpoint needs the
 * columns of `fc1.weight` reordered from rows, columns, channels to PyTorch's channels, rows, columns.
 */
export const madryMnistLayout: Layout = (options, shape, classes) => {
  const [first, second] = twoWidths(options, [32, 64]);
  const { mean, std } = options;
  const half = (extent: number): number => Math.floor(extent / 2);
  const { height, width } = remaining('madry-mnist', shape, (extent) => half(half(extent)));

  const layers = layerBuilder({ weight: truncatedNormal, bias: tenth });
  const common = { kernel: 5, padding: 2, withBias: true };
  const conv1 = layers.conv2d('conv1', { ...common, inputs: shape.channels, outputs: first });
  const conv2 = layers.conv2d('conv2', { ...common, inputs: first, outputs: second });
  const fc1 = layers.linear('fc1', { inputs: second * height * width, outputs: hidden });
  const fc2 = layers.linear('fc2', { inputs: hidden, outputs: classes });

  return layers.model(
    { name: 'small-cnn-madry-mnist', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const pooled = maxPool(tf.relu(conv1(images, pass)), 2);
      const again = maxPool(tf.relu(conv2(pooled, pass)), 2);
      return fc2(tf.relu(fc1(flattenChannelsFirst(again), pass)), pass);
    },
  );
};

function isOutside(value: number): boolean {
  return Math.abs(value) > 2 * deviation;
}
