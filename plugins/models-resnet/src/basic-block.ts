import * as tf from '@tensorflow/tfjs-core';
import { shortcutOf, type Block } from './block.js';

/** Two 3x3 convolutions with batch norm, and a shortcut around them: relu(F(x) + shortcut(x)). */
export const basicBlock: Block = (layers, name, options) => {
  const { inputs, outputs, stride } = options;
  const conv1 = layers.conv2d(`${name}.conv1`, { inputs, outputs, kernel: 3, stride, padding: 1 });
  const bn1 = layers.batchNorm(`${name}.bn1`, outputs);
  const conv2 = layers.conv2d(`${name}.conv2`, { inputs: outputs, outputs, kernel: 3, padding: 1 });
  const bn2 = layers.batchNorm(`${name}.bn2`, outputs);
  const shortcut = shortcutOf(layers, name, options);
  return (x, pass) => {
    const inner = tf.relu(bn1(conv1(x, pass), pass));
    return tf.relu(tf.add(bn2(conv2(inner, pass), pass), shortcut(x, pass)));
  };
};
