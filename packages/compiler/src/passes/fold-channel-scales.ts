/**
 * Moves per-channel scales out of activations and into convolution weights, which are far smaller: eval-mode batch
 * norm after a convolution in the forward direction, and its slope before the turned convolution of the input
 * gradient in the other.
 */
import { nodeValue, scalarValue } from '../ir/build.js';
import { add, divide, elementwise, multiply, reshape, subtract } from '../ir/emit.js';
import { madeBy, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { countUses } from '../ir/traverse.js';
import { turnedSource, turnedWeights } from './turned-weights.js';

export function foldChannelScales(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (node, original) => {
    const usedOnce = uses.get(original.inputs[0]!) === 1;
    const value = usedOnce ? (foldBatchNorm(node) ?? foldScaledInput(node)) : undefined;
    return value && [value];
  });
}

/** The affine map per channel that eval-mode batch norm is: `x · slope + shift`, `[channels]` each. */
export function batchNormAffine(node: Node): { slope: Value; shift: Value } {
  const [, scale, offset, mean, variance] = node.inputs as Value[];
  const { float: epsilon } = node.attributes.epsilon as { float: number };
  const slope = divide(scale!, elementwise('Sqrt', [add(variance!, scalarValue(epsilon))]));
  return { slope, shift: subtract(offset!, multiply(mean!, slope)) };
}

function foldBatchNorm(node: Node): Value | undefined {
  if (node.op !== 'BatchNormalization' || node.outputs.length !== 1) return undefined;
  const convolution = madeBy(node.inputs[0], 'Conv');
  if (!convolution || convolution.domain !== '') return undefined;
  const [x, weights, bias] = convolution.inputs as Value[];
  const { slope, shift } = batchNormAffine(node);
  const scaled = multiply(weights!, reshape(slope, [weights!.shape[0]!, 1, 1, 1]));
  const offset = bias ? add(multiply(bias, slope), shift) : shift;
  return nodeValue('Conv', [x, scaled, offset], node.outputs[0]!, convolution);
}

/** `Conv(x · slope, w)` as `Conv(x, w · slope)`; zero padding stays zero either way. */
function foldScaledInput(node: Node): Value | undefined {
  if (node.op !== 'Conv' && node.op !== 'ConvTranspose') return undefined;
  if (node.domain !== '' || node.attributes.group !== 1) return undefined;
  const product = madeBy(node.inputs[0], 'Mul');
  if (!product) return undefined;
  const [, weights, ...rest] = node.inputs as Value[];
  const channels = node.inputs[0]!.shape[1]!;
  for (const [x, slope] of [product.inputs, [...product.inputs].reverse()] as [Value, Value][]) {
    if (slope.shape.at(-3) !== channels || sizeOf(slope.shape) !== channels || x.shape.length !== 4) continue;
    if (x.shape.join() !== node.inputs[0]!.shape.join()) continue;
    // a convolution's weights are [out, in, …], those of a transposed one and turned ones' origins [in, out, …]
    const bySource = (value: Value): Value => multiply(value, reshape(slope, [channels, 1, 1, 1]));
    const byInput = (value: Value): Value => multiply(value, reshape(slope, [1, channels, 1, 1]));
    const source = node.op === 'Conv' ? turnedSource(weights!) : undefined;
    const scaled = source
      ? turnedWeights(bySource(source))
      : (node.op === 'Conv' ? byInput : bySource)(weights!);
    return nodeValue(node.op, [x, scaled, ...rest], node.outputs[0]!, node);
  }
  return undefined;
}
