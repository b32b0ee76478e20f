import * as tf from '@tensorflow/tfjs-core';

/**
 * Option A of He et al. 2016 (section 4.2): every `stride`-th pixel, with channels of zeros added in equal numbers
 * before and after.
 *
 * Written as a 1x1 convolution with a constant selector: exact (each sum has one term that is not zero), and one
 * kernel that every engine has forwards and backwards, where slicing with a stride has no gradient in tfjs.
 *
 * @returns `[batch, height, width, inputs]` to `[batch, ⌈height/stride⌉, ⌈width/stride⌉, outputs]`
 */
export function padShortcut(
  inputs: number,
  outputs: number,
  stride: number,
): (x: tf.Tensor4D) => tf.Tensor4D {
  const selector = new Float32Array(inputs * outputs);
  const before = Math.floor((outputs - inputs) / 2);
  for (let channel = 0; channel < inputs; channel++) selector[channel * outputs + channel + before] = 1;
  return (x) => tf.conv2d(x, tf.tensor4d(selector, [1, 1, inputs, outputs]), stride, 'valid');
}
