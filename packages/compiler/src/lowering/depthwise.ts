import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core';
import { nodeValue } from '../ir/build.js';
import { reshape, reverse, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { weightGradient } from '../ir/weight-gradient.js';
import { isPlain, turnedAttributes } from './convolution.js';
import {
  channelsFirst,
  channelsLast,
  convolutionInfo,
  outputPadding,
  windowAttributes,
  windowOf,
  type ConvolutionAttributes,
} from './convolution-info.js';
import { attributesOf, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

/** tfjs's `[height, width, channels, multiplier]` as ONNX's `[channels · multiplier, 1, height, width]`. */
function groupedWeights(filter: Value): Value {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return reshape(transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function depthwise(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const filter = inputOf(call, 'filter');
  const info = convolutionInfo(x.shape, filter.shape, attributesOf<ConvolutionAttributes>(call), true);
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const attributes = { ...windowAttributes(info), group: info.inChannels };
  return channelsLast(
    nodeValue('Conv', [channelsFirst(x), groupedWeights(filter)], { shape, type: 'float32' }, { attributes }),
  );
}

function inputGradient(call: KernelCall): Value {
  const dy = channelsFirst(inputOf(call, 'dy'));
  const filter = inputOf(call, 'filter');
  const attributes = attributesOf<DepthwiseConv2dNativeBackpropInputAttrs & ConvolutionAttributes>(call);
  const info = convolutionInfo(attributes.inputShape, filter.shape, attributes, true);
  const output = {
    shape: [info.batchSize, info.inChannels, info.inHeight, info.inWidth],
    type: 'float32',
  } as const;
  const weights = groupedWeights(filter);
  if (isPlain(info) && info.outChannels === info.inChannels) {
    const turned = turnedAttributes(info, info.inChannels);
    return channelsLast(nodeValue('Conv', [dy, reverse(weights, [2, 3])], output, { attributes: turned }));
  }
  return channelsLast(
    nodeValue('ConvTranspose', [dy, weights], output, {
      attributes: { ...windowAttributes(info), group: info.inChannels, output_padding: outputPadding(info) },
    }),
  );
}

function filterGradient(call: KernelCall): Value {
  const attributes = attributesOf<DepthwiseConv2dNativeBackpropFilterAttrs & ConvolutionAttributes>(call);
  const info = convolutionInfo(inputOf(call, 'x').shape, attributes.filterShape, attributes, true);
  const { filterHeight, filterWidth, inChannels } = info;
  const gradient = weightGradient({
    x: channelsFirst(inputOf(call, 'x')),
    dy: channelsFirst(inputOf(call, 'dy')),
    window: windowOf(info, inChannels),
  });
  const multiplier = info.outChannels / inChannels;
  return transpose(reshape(gradient, [inChannels, multiplier, filterHeight, filterWidth]), [2, 3, 0, 1]);
}

export const depthwiseConvolutions: LoweringTable = {
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: inputGradient,
  DepthwiseConv2dNativeBackpropFilter: filterGradient,
};
