import * as tf from '@tensorflow/tfjs-core';
import { transpose } from '../ir/emit.js';
import type { Attributes, Shape, Value } from '../ir/graph.js';
import type { ConvolutionWindow } from '../ir/weight-gradient.js';
import { unsupported } from './lowering.js';

export type ConvolutionInfo = tf.backend_util.Conv2DInfo;

/** What tfjs's convolution attributes have in common. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes and paddings of a convolution of an NHWC image with an HWIO filter. */
export function convolutionInfo(
  image: Shape,
  filter: Shape,
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvolutionAttributes,
  depthwise = false,
): ConvolutionInfo {
  if (dataFormat === 'NCHW') unsupported('a convolution over NCHW images');
  return tf.backend_util.computeConv2DInfo(
    [...image] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

export const channelsFirst = (value: Value): Value => transpose(value, [0, 3, 1, 2]);
export const channelsLast = (value: Value): Value => transpose(value, [0, 2, 3, 1]);

/** ONNX's attributes of the same convolution. */
export function windowAttributes(info: ConvolutionInfo): Attributes {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    pads: [top, left, bottom, right],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
  };
}

export function windowOf(info: ConvolutionInfo, group: number): ConvolutionWindow {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
    group,
  };
}

/** Rows and columns that a transposed convolution must add to come back to the image's size. */
export function outputPadding(info: ConvolutionInfo): [number, number] {
  const { top, left, bottom, right } = info.padInfo;
  return [
    info.inHeight + top + bottom - (info.outHeight - 1) * info.strideHeight - info.effectiveFilterHeight,
    info.inWidth + left + right - (info.outWidth - 1) * info.strideWidth - info.effectiveFilterWidth,
  ];
}
