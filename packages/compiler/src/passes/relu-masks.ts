import { constantData, type Graph, type Value } from '../ir/graph.js';
import { nodeValue } from '../ir/build.js';
import { compare } from '../ir/emit.js';
import { rewrite } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';

/**
 * tfjs takes the mask of a rectifier's gradient from its input; its output is positive in the same places. Then
 * the input is needed by nobody else, and the rectifier can work in place or inside a convolution.
 *
 * The second Relu made here is the first one, once common subexpressions are merged.
 */
export function reluMasks(graph: Graph): Graph {
  const rectified = new Set<Value>();
  for (const { op, inputs } of graphNodes(graph)) if (op === 'Relu') rectified.add(inputs[0]!);
  return rewrite(graph, (node, original) => {
    if (node.op !== 'Greater' || !rectified.has(original.inputs[0]!)) return undefined;
    const [x, zero] = node.inputs as [Value, Value];
    const data = constantData(zero);
    if (data?.length !== 1 || data[0] !== 0) return undefined;
    return [compare('Greater', nodeValue('Relu', [x], x), zero)];
  });
}
