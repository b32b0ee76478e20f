import * as tf from '@tensorflow/tfjs-core';
import { constantValue, nodeValue, nodeValues, scalarValue } from '../ir/build.js';
import { expand, multiply, reshape } from '../ir/emit.js';
import { sizeOf, type Shape, type Value } from '../ir/graph.js';
import {
  channelsFirst,
  channelsLast,
  outputPadding,
  windowAttributes,
  type ConvolutionAttributes,
  type ConvolutionInfo,
} from './convolution-info.js';
import { attributesOf, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

interface PoolAttributes extends Pick<ConvolutionAttributes, 'strides' | 'pad' | 'dimRoundingMode'> {
  readonly filterSize: [number, number] | number;
}

function poolInfo(image: Shape, call: KernelCall): ConvolutionInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributesOf<PoolAttributes>(call);
  const shape = [...image] as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function outputShape(info: ConvolutionInfo): Shape {
  return [info.batchSize, info.inChannels, info.outHeight, info.outWidth];
}

function inputShape(info: ConvolutionInfo): Shape {
  return [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
}

function poolAttributes(info: ConvolutionInfo): Record<string, number | readonly number[]> {
  const { kernel_shape, pads, strides } = windowAttributes(info) as Record<string, readonly number[]>;
  return { kernel_shape: kernel_shape!, pads: pads!, strides: strides! };
}

/** Padding does not count, neither here nor in ONNX by default. */
function averagePool(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const info = poolInfo(x.shape, call);
  const output = { shape: outputShape(info), type: 'float32' } as const;
  return channelsLast(
    nodeValue('AveragePool', [channelsFirst(x)], output, { attributes: poolAttributes(info) }),
  );
}

/** Hands each output's share of the gradient back to the pixels that were averaged. */
function averagePoolGradient(call: KernelCall): Value {
  const dy = channelsFirst(inputOf(call, 'dy'));
  const info = poolInfo(inputOf(call, 'input').shape, call);
  const { filterHeight, filterWidth, inChannels } = info;
  const shares = constantValue(oneOverCounts(info), [1, 1, info.outHeight, info.outWidth]);
  const ones = expand(scalarValue(1), [inChannels, 1, filterHeight, filterWidth]);
  return channelsLast(
    nodeValue(
      'ConvTranspose',
      [multiply(dy, shares), ones],
      { shape: inputShape(info), type: 'float32' },
      { attributes: { ...windowAttributes(info), group: inChannels, output_padding: outputPadding(info) } },
    ),
  );
}

function oneOverCounts(info: ConvolutionInfo): Float32Array {
  const inside = (at: number, stride: number, before: number, kernel: number, extent: number): number => {
    const from = at * stride - before;
    return Math.min(from + kernel, extent) - Math.max(from, 0);
  };
  return Float32Array.from({ length: info.outHeight * info.outWidth }, (_, index) => {
    const row = Math.floor(index / info.outWidth);
    const column = index % info.outWidth;
    const rows = inside(row, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight);
    return 1 / (rows * inside(column, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth));
  });
}

/** The maximum of each window and where in the whole input it was found. */
function maximaWithIndices(x: Value, info: ConvolutionInfo): readonly Value[] {
  const shape = outputShape(info);
  return nodeValues(
    'MaxPool',
    [channelsFirst(x)],
    [
      { shape, type: 'float32' },
      { shape, type: 'int64' },
    ],
    { attributes: poolAttributes(info) },
  );
}

function maxPool(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const info = poolInfo(x.shape, call);
  const output = { shape: outputShape(info), type: 'float32' } as const;
  return channelsLast(nodeValue('MaxPool', [channelsFirst(x)], output, { attributes: poolAttributes(info) }));
}

/** The gradient goes to the first of equal maxima, as in tfjs. */
function maxPoolGradient(call: KernelCall): Value {
  const x = inputOf(call, 'input');
  const dy = channelsFirst(inputOf(call, 'dy'));
  const info = poolInfo(x.shape, call);
  const [, indices] = maximaWithIndices(x, info);
  const [outputs, inputs] = [sizeOf(dy.shape), sizeOf(x.shape)];
  const scattered = nodeValue(
    'ScatterElements',
    [expand(scalarValue(0), [inputs]), reshape(indices!, [outputs]), reshape(dy, [outputs])],
    { shape: [inputs], type: 'float32' },
    { attributes: { axis: 0, reduction: 'add' } },
  );
  return channelsLast(reshape(scattered, inputShape(info)));
}

export const pooling: LoweringTable = {
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
};
