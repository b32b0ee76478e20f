import { nodeValue } from '../ir/build.js';
import type { Attributes, Node, Shape, Value } from '../ir/graph.js';
import { blockedDomain, type BlockedValues } from './blocked-values.js';
import { blockedWeights, outputBlockedWeights, withZeroRows } from './blocked-weights.js';

/** Convolutions with whole blocks of input channels, or fewer channels than one block. */
export function blockedConvolution(node: Node, values: BlockedValues): boolean {
  if (node.op !== 'Conv' || node.domain !== '') return false;
  const { block } = values;
  const [x, weights, bias] = node.inputs as [Value, Value, Value?];
  const output = node.outputs[0]!;
  const [into, out] = [x.shape[1]!, output.shape[1]!];
  const plainWeights = values.plain(weights);
  const plainBias = bias && values.plain(bias);
  if (node.attributes.group === 1) {
    if (into % block !== 0 && into >= block) return false;
    if (out % block !== 0 && (out > block || into < block)) return false;
    const rows = Math.ceil(out / block) * block;
    const padded = withZeroRows(plainWeights, rows);
    const image = into < block ? values.plain(x) : values.blocked(x);
    const filter = into < block ? outputBlockedWeights(padded, block) : blockedWeights(padded, block);
    const y = convolve(
      image,
      filter,
      plainBias && withZeroRows(plainBias, rows),
      output.shape,
      node.attributes,
    );
    if (rows === out) values.setBlocked(output, y);
    else values.setPlain(output, firstChannels(y, out));
    return true;
  }
  if (node.attributes.group !== into || into !== out || into % block !== 0) return false;
  const filter = outputBlockedWeights(plainWeights, block);
  values.setBlocked(output, convolve(values.blocked(x), filter, plainBias, output.shape, node.attributes));
  return true;
}

function convolve(
  x: Value,
  filter: Value,
  bias: Value | undefined,
  [batch = 1, , height = 1, width = 1]: Shape,
  attributes: Attributes,
): Value {
  return nodeValue(
    'Conv',
    bias ? [x, filter, bias] : [x, filter],
    { shape: [batch, filter.shape[0]!, height, width], type: 'float32' },
    { attributes, domain: blockedDomain },
  );
}

/** Brings the first channels of a blocked array into plain order and drops the rest. */
function firstChannels(blocked: Value, channels: number): Value {
  const [batch = 1, , height = 1, width = 1] = blocked.shape;
  return nodeValue(
    'ReorderOutput',
    [blocked],
    { shape: [batch, channels, height, width], type: 'float32' },
    { attributes: { channels }, domain: blockedDomain },
  );
}

/** `x · slope + shift` per channel: a depthwise convolution of one pixel, the fastest operator that can do it. */
export function perChannelAffine(x: Value, slope: Value, shift: Value | undefined): Value {
  const attributes = {
    kernel_shape: [1, 1],
    pads: [0, 0, 0, 0],
    strides: [1, 1],
    dilations: [1, 1],
    group: x.shape[1]!,
  };
  return convolve(x, slope, shift, x.shape, attributes);
}
