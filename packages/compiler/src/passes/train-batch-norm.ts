import { nodeValues, scalarValue } from '../ir/build.js';
import { add, subtract } from '../ir/emit.js';
import { madeBy, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';

interface Match {
  readonly batchNorm: Node;
  readonly varianceNode: Node;
}

/**
 * Recognises batch norm with the batch's own mean and biased variance (see `batchNorm` in @ard/nn) and makes it
 * one operator that returns the statistics besides the result; composed of reductions it takes several passes
 * over the activations.
 *
 * Runs after the layout pass: x is `[batch, channels, height, width]`.
 */
export function trainBatchNorm(graph: Graph): Graph {
  const byMean = new Map<Node, Match>();
  for (const node of graphNodes(graph)) {
    const found = match(node);
    if (found && !byMean.has(found.mean)) byMean.set(found.mean, found);
  }
  const replacements = new Map<Node, Value>();
  return rewrite(graph, (node, original) => {
    const found = byMean.get(original);
    if (found) {
      const [y, mean, variance] = fused(node.inputs[0]!, found.batchNorm, replacements.size + 1);
      replacements.set(found.batchNorm, y!);
      replacements.set(found.varianceNode, variance!);
      return [mean!];
    }
    const replacement = replacements.get(original);
    return replacement && [replacement];
  });
}

function match(node: Node): (Match & { readonly mean: Node }) | undefined {
  if (node.op !== 'BatchNormalization' || node.outputs.length !== 1) return undefined;
  const [x, scale, offset, mean, variance] = node.inputs;
  const meanNode = channelMean(mean);
  if (!x || !meanNode || meanNode.inputs[0] !== x) return undefined;
  const varianceNode = channelMean(variance);
  const square = madeBy(varianceNode?.inputs[0], 'Mul');
  if (!varianceNode || !square || square.inputs[0] !== square.inputs[1]) return undefined;
  const centred = madeBy(square.inputs[0], 'Sub');
  if (centred?.inputs[0] !== x || withoutReshape(centred.inputs[1]) !== meanNode.outputs[0]) return undefined;
  // the fused node takes the place of the mean, where only inputs and constants are certain to exist already
  if (scale === offset || scale?.source.kind === 'node' || offset?.source.kind === 'node') return undefined;
  return { batchNorm: node, mean: meanNode, varianceNode };
}

/** The node that averages an NCHW array over all but its channels. */
function channelMean(value: Value | undefined): Node | undefined {
  const node = madeBy(withoutReshape(value), 'ReduceMean');
  const axes = node?.attributes.axes as readonly number[] | undefined;
  return axes?.join() === '0,2,3' && node?.inputs[0]?.shape.length === 4 ? node : undefined;
}

function withoutReshape(value: Value | undefined): Value | undefined {
  const node = madeBy(value, 'Reshape');
  return node ? withoutReshape(node.inputs[0]) : value;
}

/**
 * Momentum 0 makes the "running" statistics those of the batch.
 *
 * @param number above 0, another one for every fused node
 */
function fused(x: Value, batchNorm: Node, number: number): readonly Value[] {
  const [, scale, offset] = batchNorm.inputs as Value[];
  // ONNX Runtime writes each statistic into the buffer of the running one that is passed, so no two may share one:
  // the number keeps two passes of one layer apart, which the elimination of common subexpressions would merge
  const zeros = (value: Value): Value => {
    const shifted = add(value, scalarValue(number));
    return subtract(shifted, shifted);
  };
  const running = [zeros(scale!), zeros(offset!)];
  const statistics = { shape: [x.shape[1]!], type: 'float32' } as const;
  return nodeValues('BatchNormalization', [x, scale, offset, ...running], [x, statistics, statistics], {
    attributes: { ...batchNorm.attributes, training_mode: 1, momentum: { float: 0 } },
  });
}
