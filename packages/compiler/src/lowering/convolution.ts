import type { Conv2DBackpropFilterAttrs, Conv2DBackpropInputAttrs } from '@tensorflow/tfjs-core';
import { nodeValue } from '../ir/build.js';
import { reverse, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { weightGradient } from '../ir/weight-gradient.js';
import {
  channelsFirst,
  channelsLast,
  convolutionInfo,
  outputPadding,
  windowAttributes,
  windowOf,
  type ConvolutionAttributes,
  type ConvolutionInfo,
} from './convolution-info.js';
import { attributesOf, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

function convolution(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const filter = inputOf(call, 'filter');
  const info = convolutionInfo(x.shape, filter.shape, attributesOf<ConvolutionAttributes>(call));
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const attributes = { ...windowAttributes(info), group: 1 };
  const weights = transpose(filter, [3, 2, 0, 1]);
  return channelsLast(
    nodeValue('Conv', [channelsFirst(x), weights], { shape, type: 'float32' }, { attributes }),
  );
}

function inputGradient(call: KernelCall): Value {
  const dy = channelsFirst(inputOf(call, 'dy'));
  const filter = inputOf(call, 'filter');
  const attributes = attributesOf<Conv2DBackpropInputAttrs & ConvolutionAttributes>(call);
  const info = convolutionInfo(attributes.inputShape, filter.shape, attributes);
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
  if (!isPlain(info)) {
    const weights = transpose(filter, [3, 2, 0, 1]);
    return channelsLast(
      nodeValue(
        'ConvTranspose',
        [dy, weights],
        { shape, type: 'float32' },
        { attributes: { ...windowAttributes(info), group: 1, output_padding: outputPadding(info) } },
      ),
    );
  }
  // with stride 1 it is a convolution with the turned filter, which is faster
  const weights = reverse(transpose(filter, [2, 3, 0, 1]), [2, 3]);
  return channelsLast(
    nodeValue('Conv', [dy, weights], { shape, type: 'float32' }, { attributes: turnedAttributes(info, 1) }),
  );
}

export function isPlain(info: ConvolutionInfo): boolean {
  const { top, left, bottom, right } = info.padInfo;
  return (
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    Math.max(top, bottom) < info.effectiveFilterHeight &&
    Math.max(left, right) < info.effectiveFilterWidth
  );
}

/** Attributes of the convolution of the output's gradient with the turned filter. */
export function turnedAttributes(info: ConvolutionInfo, group: number): Record<string, number | number[]> {
  const { top, left, bottom, right } = info.padInfo;
  const height = info.effectiveFilterHeight - 1;
  const width = info.effectiveFilterWidth - 1;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    pads: [height - top, width - left, height - bottom, width - right],
    strides: [1, 1],
    dilations: [info.dilationHeight, info.dilationWidth],
    group,
  };
}

function filterGradient(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const attributes = attributesOf<Conv2DBackpropFilterAttrs & ConvolutionAttributes>(call);
  const info = convolutionInfo(x.shape, attributes.filterShape, attributes);
  const dy = channelsFirst(inputOf(call, 'dy'));
  const gradient = weightGradient({ x: channelsFirst(x), dy, window: windowOf(info, 1) });
  return transpose(gradient, [2, 3, 1, 0]);
}

export const convolutions: LoweringTable = {
  Conv2D: convolution,
  Conv2DBackpropInput: inputGradient,
  Conv2DBackpropFilter: filterGradient,
};
