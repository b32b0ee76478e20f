import { nodeValue, scalarValue } from '../ir/build.js';
import { elementwise, multiply, reduce, reshape, subtract } from '../ir/emit.js';
import type { Node, Value } from '../ir/graph.js';
import { perChannelAffine } from './blocked-convolution.js';
import { blockedDomain, type BlockedValues } from './blocked-values.js';
import { batchNormAffine } from './fold-channel-scales.js';

/** Batch norm in both modes as an affine map per channel; in training, after two means over the batch. */
export function blockedBatchNorm(node: Node, values: BlockedValues): boolean {
  if (node.op !== 'BatchNormalization') return false;
  const [x, ...parameters] = node.inputs as Value[];
  if (!values.canBlock(x!) || !values.isBlocked(x!)) return false;
  const image = values.blocked(x!);
  const [scale, offset, mean, variance] = parameters.map((parameter) => values.plain(parameter));
  const [y, meanOut, varianceOut] = node.outputs;
  const channels = x!.shape[1]!;
  const statistics = meanOut ? batchStatistics(image) : { mean: mean!, variance: variance! };
  const { slope, shift } = batchNormAffine({
    ...node,
    inputs: [image, scale, offset, statistics.mean, statistics.variance],
  });
  values.setBlocked(y!, perChannelAffine(image, reshape(slope, [channels, 1, 1, 1]), shift));
  if (meanOut) values.setPlain(meanOut, statistics.mean);
  if (varianceOut) values.setPlain(varianceOut, statistics.variance);
  return true;
}

/** `[channels]` each; the variance is the biased one. */
function batchStatistics(x: Value): { mean: Value; variance: Value } {
  const mean = meanOverBatch(x);
  const square = meanOverBatch(multiply(x, x));
  const variance = subtract(square, multiply(mean, mean));
  return { mean, variance: elementwise('Max', [variance, scalarValue(0)]) };
}

function meanOverBatch(x: Value): Value {
  return reshape(reduce('ReduceMean', meanOverPixels(x), [0], false), [x.shape[1]!]);
}

/** `[batch, channels, 1, 1]`, which has the same order either way. */
export function meanOverPixels(x: Value): Value {
  const shape = [x.shape[0]!, x.shape[1]!, 1, 1];
  return nodeValue('GlobalAveragePool', [x], { shape, type: 'float32' }, { domain: blockedDomain });
}
