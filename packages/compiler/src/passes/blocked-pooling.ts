import { nodeValue } from '../ir/build.js';
import { like, multiply, reduce, reshape } from '../ir/emit.js';
import { constantData, madeBy, sameShape, type Node, type Value } from '../ir/graph.js';
import { meanOverPixels, sumOfProducts } from './blocked-batch-norm.js';
import { blockedDomain } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';

/** Means and sums over pixels, or over pixels and the batch. */
export function blockedReduction(node: Node, values: BlockedValues): boolean {
  if (node.op !== 'ReduceMean' && node.op !== 'ReduceSum') return false;
  const x = node.inputs[0]!;
  const axes = Array.from(
    (constantData(node.inputs[1]) as BigInt64Array | undefined) ??
      (node.attributes.axes as readonly number[]),
    Number,
  );
  const overBatch = axes.join() === '0,2,3';
  if (!values.isBlocked(x) || !values.canBlock(x) || (!overBatch && axes.join() !== '2,3')) return false;
  const output = node.outputs[0]!;
  const factors = madeBy(x, 'Mul')?.inputs as readonly Value[] | undefined;
  if (overBatch && factors?.every((factor) => sameShape(factor.shape, x.shape) && values.isBlocked(factor))) {
    const sum = sumOfProducts(values.blocked(factors[0]!), values.blocked(factors[1]!));
    const count = x.shape[0]! * x.shape[2]! * x.shape[3]!;
    const result = node.op === 'ReduceSum' ? sum : multiply(sum, like(sum, 1 / count));
    values.setPlain(output, reshape(result, output.shape));
    return true;
  }
  const mean = meanOverPixels(values.blocked(x));
  const pixels = x.shape[2]! * x.shape[3]!;
  const perImage = node.op === 'ReduceSum' ? multiply(mean, like(mean, pixels)) : mean;
  const total = overBatch ? reduce(node.op, perImage, [0], true) : perImage;
  values.setPlain(output, reshape(total, output.shape));
  return true;
}

export function blockedPooling(node: Node, values: BlockedValues): boolean {
  if ((node.op !== 'MaxPool' && node.op !== 'AveragePool') || node.outputs.length !== 1) return false;
  const x = node.inputs[0] as Value;
  if (!values.isBlocked(x) || !values.canBlock(x)) return false;
  const pooled = nodeValue(node.op, [values.blocked(x)], node.outputs[0]!, {
    attributes: node.attributes,
    domain: blockedDomain,
  });
  values.setBlocked(node.outputs[0]!, pooled);
  return true;
}
