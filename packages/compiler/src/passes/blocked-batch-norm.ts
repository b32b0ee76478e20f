import { nodeValue, scalarValue } from '../ir/build.js';
import { elementwise, expand, multiply, reduce, reshape } from '../ir/emit.js';
import type { Node, Value } from '../ir/graph.js';
import { perChannelAffine } from './blocked-convolution.js';
import { blockedDomain, convolve } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
import { batchNormAffine } from './fold-channel-scales.js';

/** Batch norm as an affine map per channel; in training, of the image less its mean over the batch. */
export function blockedBatchNorm(node: Node, values: BlockedValues): boolean {
  if (node.op !== 'BatchNormalization') return false;
  const [x, ...parameters] = node.inputs as Value[];
  if (!values.canBlock(x!) || !values.isBlocked(x!)) return false;
  const image = values.blocked(x!);
  const [scale, offset, mean, variance] = parameters.map((parameter) => values.plain(parameter));
  const [y, meanOut, varianceOut] = node.outputs;
  if (meanOut && varianceOut) {
    const batch = batchStatistics(image);
    const { slope } = batchNormAffine({
      ...node,
      inputs: [image, scale, offset, batch.mean, batch.variance],
    });
    values.setBlocked(y!, perChannelAffine(batch.centred, asWeights(slope), offset));
    values.setPlain(meanOut, batch.mean);
    values.setPlain(varianceOut, batch.variance);
  } else {
    const { slope, shift } = batchNormAffine({ ...node, inputs: [image, scale, offset, mean, variance] });
    values.setBlocked(y!, perChannelAffine(image, asWeights(slope), shift));
  }
  return true;
}

/**
 * `[channels]` each; the variance is the biased one. Squares are taken of the centred image: the difference of two
 * means would save a walk and lose digits wherever a mean is large beside its deviation.
 */
function batchStatistics(x: Value): { mean: Value; variance: Value; centred: Value } {
  const mean = meanOverBatch(x);
  const ones = expand(scalarValue(1), [x.shape[1]!, 1, 1, 1]);
  const centred = perChannelAffine(x, ones, elementwise('Neg', [mean]));
  const count = x.shape[0]! * x.shape[2]! * x.shape[3]!;
  return { mean, variance: multiply(sumOfProducts(centred, centred), scalarValue(1 / count)), centred };
}

/**
 * Products of two blocked arrays, summed over images and pixels: `[channels]`. One array is the kernel of a depthwise
 * convolution over the other, with an image's channels as channels of their own, so no array of products exists.
 */
export function sumOfProducts(a: Value, b: Value): Value {
  const [batch = 1, channels = 1, height = 1, width = 1] = a.shape;
  const count = batch * channels;
  const perImage = convolve(
    reshape(a, [1, count, height, width]),
    reshape(b, [count, 1, height, width]),
    [1, count, 1, 1],
    { group: count },
  );
  return reduce('ReduceSum', reshape(perImage, [batch, channels]), [0], false);
}

function asWeights(perChannel: Value): Value {
  return reshape(perChannel, [perChannel.shape[0]!, 1, 1, 1]);
}

function meanOverBatch(x: Value): Value {
  return reshape(reduce('ReduceMean', meanOverPixels(x), [0], false), [x.shape[1]!]);
}

/** `[batch, channels, 1, 1]`, which has the same order either way. */
export function meanOverPixels(x: Value): Value {
  const shape = [x.shape[0]!, x.shape[1]!, 1, 1];
  return nodeValue('GlobalAveragePool', [x], { shape, type: 'float32' }, { domain: blockedDomain });
}
