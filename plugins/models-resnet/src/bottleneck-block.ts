import * as tf from '@tensorflow/tfjs-core';
import { shortcutOf, type Block } from './block.js';

/** Outputs of a bottleneck block per channel inside. */
export const bottleneckExpansion = 4;

/**
 * A 1x1 convolution to a quarter of the outputs, a 3x3 that has the stride, and a 1x1 to the outputs, each with batch
 * norm, and a shortcut around them: relu(F(x) + shortcut(x)).
 */
export const bottleneckBlock: Block = (layers, name, options) => {
  const { inputs, outputs, stride } = options;
  const planes = outputs / bottleneckExpansion;
  const conv1 = layers.conv2d(`${name}.conv1`, { inputs, outputs: planes, kernel: 1 });
  const bn1 = layers.batchNorm(`${name}.bn1`, planes);
  const conv2 = layers.conv2d(`${name}.conv2`, {
    inputs: planes,
    outputs: planes,
    kernel: 3,
    stride,
    padding: 1,
  });
  const bn2 = layers.batchNorm(`${name}.bn2`, planes);
  const conv3 = layers.conv2d(`${name}.conv3`, { inputs: planes, outputs, kernel: 1 });
  const bn3 = layers.batchNorm(`${name}.bn3`, outputs);
  const shortcut = shortcutOf(layers, name, options);
  return (x, pass) => {
    const narrow = tf.relu(bn1(conv1(x, pass), pass));
    const filtered = tf.relu(bn2(conv2(narrow, pass), pass));
    return tf.relu(tf.add(bn3(conv3(filtered, pass), pass), shortcut(x, pass)));
  };
};
