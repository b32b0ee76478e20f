import * as tf from '@tensorflow/tfjs-core';
import { ArdError } from '@ard/core';

/** Zero rows and columns added around an image, one number per side. */
export interface SidePadding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Conv2dOptions {
  /** Step in both axes, at least 1. */
  readonly stride?: number;
  /** Zeros around the image: one number for every side, or one per side. */
  readonly padding?: number | SidePadding;
  /**
   * Output channels see the input channels of their group only; divides both numbers of channels. As many groups
   * as input channels make a depthwise convolution.
   */
  readonly groups?: number;
  /** `[out]` */
  readonly bias?: tf.Tensor1D;
}

/**
 * PyTorch's `conv2d` on NHWC images: the output has `floor((extent + padding - kernel) / stride) + 1` rows.
 *
 * The weight stays in PyTorch's layout; the transpose is free where it is compiled, and cheap beside the
 * convolution where it is not.
 *
 * @param x `[batch, height, width, in]`
 * @param weight `[out, in / groups, kernelHeight, kernelWidth]`
 * @returns `[batch, height', width', out]`
 * @throws ArdError when the groups do not divide the channels
 */
export function conv2d(x: tf.Tensor4D, weight: tf.Tensor4D, options: Conv2dOptions = {}): tf.Tensor4D {
  const { stride = 1, padding = 0, groups = 1, bias } = options;
  const y = convolutionOf(groups, x, weight)(x, weight, stride, explicit(padding));
  return bias === undefined ? y : tf.add(y, bias);
}

type Convolution = (
  x: tf.Tensor4D,
  weight: tf.Tensor4D,
  stride: number,
  padding: tf.backend_util.ExplicitPadding,
) => tf.Tensor4D;

function convolutionOf(groups: number, x: tf.Tensor4D, weight: tf.Tensor4D): Convolution {
  if (groups === 1) return dense;
  const [inputs, outputs] = [x.shape[3], weight.shape[0]];
  if (inputs % groups !== 0 || outputs % groups !== 0) {
    throw new ArdError(`conv2d: ${groups} groups do not divide ${inputs} inputs and ${outputs} outputs`, {
      remedy: 'Choose a divisor of both.',
    });
  }
  return groups === inputs ? depthwise : grouped(groups);
}

const dense: Convolution = (x, weight, stride, padding) =>
  tf.conv2d(x, tf.transpose(weight, [2, 3, 1, 0]), stride, padding);

/**
 * One group per input channel. PyTorch numbers the outputs of channel c from c · multiplier, and so does tfjs in
 * its filters `[kernelHeight, kernelWidth, in, multiplier]`: the same transpose as that of the dense convolution
 * when there is one output per channel, after splitting the outputs otherwise.
 */
const depthwise: Convolution = (x, weight, stride, padding) => {
  const [outputs, , height, width] = weight.shape;
  const inputs = x.shape[3];
  const byChannel =
    outputs === inputs ? weight : tf.reshape<tf.Rank.R4>(weight, [inputs, outputs / inputs, height, width]);
  return tf.depthwiseConv2d(x, tf.transpose(byChannel, [2, 3, 0, 1]), stride, padding);
};

/** tfjs has no grouped convolution: one dense convolution per group. */
function grouped(groups: number): Convolution {
  return (x, weight, stride, padding) => {
    const inputs = tf.split<tf.Tensor4D>(x, groups, 3);
    const weights = tf.split<tf.Tensor4D>(weight, groups, 0);
    return tf.concat(
      inputs.map((input, group) => dense(input, weights[group]!, stride, padding)),
      3,
    );
  };
}

/** One entry per axis. tfjs also takes a bare number, but then computes the width from the kernel's height. */
function explicit(padding: number | SidePadding): tf.backend_util.ExplicitPadding {
  const { top, bottom, left, right } =
    typeof padding === 'number' ? { top: padding, bottom: padding, left: padding, right: padding } : padding;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
