import type { Node, Value } from '../ir/graph.js';
import { convolve, reorderOutput } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
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
    const [batch = 1, , ...size] = output.shape;
    const offset = plainBias && withZeroRows(plainBias, rows);
    const y = convolve(image, filter, [batch, rows, ...size], node.attributes, offset);
    if (rows === out) values.setBlocked(output, y);
    else values.setPlain(output, reorderOutput(y, out));
    return true;
  }
  if (node.attributes.group !== into || into !== out || into % block !== 0) return false;
  const filter = outputBlockedWeights(plainWeights, block);
  values.setBlocked(output, convolve(values.blocked(x), filter, output.shape, node.attributes, plainBias));
  return true;
}

/** `x · slope + shift` per channel: a depthwise convolution of one pixel, the fastest operator that can do it. */
export function perChannelAffine(x: Value, slope: Value, shift: Value | undefined): Value {
  return convolve(x, slope, x.shape, { group: x.shape[1]! }, shift);
}
