import type { FusedBatchNormAttrs } from '@tensorflow/tfjs-core';
import { nodeValue, scalarValue } from '../ir/build.js';
import { add, divide, elementwise, expand, multiply, subtract } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { channelsFirst, channelsLast } from './convolution-info.js';
import { attributesOf, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

function batchNorm(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const mean = inputOf(call, 'mean');
  const variance = inputOf(call, 'variance');
  const { varianceEpsilon } = attributesOf<FusedBatchNormAttrs>(call);
  const scale = call.inputs.scale ?? expand(scalarValue(1), mean.shape);
  const offset = call.inputs.offset ?? expand(scalarValue(0), mean.shape);
  if (x.shape.length !== 4 || [mean, variance, scale, offset].some(({ shape }) => shape.length !== 1)) {
    const deviation = elementwise('Sqrt', [add(variance, scalarValue(varianceEpsilon))]);
    return add(multiply(divide(subtract(x, mean), deviation), scale), offset);
  }
  const images = channelsFirst(x);
  return channelsLast(
    nodeValue('BatchNormalization', [images, scale, offset, mean, variance], images, {
      attributes: { epsilon: { float: varianceEpsilon } },
    }),
  );
}

export const batchNormalisation: LoweringTable = { FusedBatchNorm: batchNorm };
