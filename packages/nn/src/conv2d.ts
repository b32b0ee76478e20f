import * as tf from '@tensorflow/tfjs-core';

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
 * @param weight `[out, in, kernelHeight, kernelWidth]`
 * @returns `[batch, height', width', out]`
 */
export function conv2d(x: tf.Tensor4D, weight: tf.Tensor4D, options: Conv2dOptions = {}): tf.Tensor4D {
  const { stride = 1, padding = 0, bias } = options;
  const filter = tf.transpose(weight, [2, 3, 1, 0]);
  const y = tf.conv2d(x, filter, stride, explicit(padding));
  return bias === undefined ? y : tf.add(y, bias);
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
