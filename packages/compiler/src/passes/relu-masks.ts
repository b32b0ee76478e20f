import { constantData, madeBy, type Graph, type Node, type Value } from '../ir/graph.js';
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
    if (node.op === 'Cast') return floatMask(node);
    if (node.op !== 'Greater' || !rectified.has(original.inputs[0]!)) return undefined;
    const [x, zero] = node.inputs as [Value, Value];
    if (!isZero(zero)) return undefined;
    return [compare('Greater', nodeValue('Relu', [x], x), zero)];
  });
}

/**
 * A mask as numbers in one walk instead of two: `min(1, slope · y)` for a rectifier's output y, where the slope takes
 * every normal number above 1.
 */
function floatMask({ inputs, outputs }: Node): readonly Value[] | undefined {
  const [y, zero] = madeBy(inputs[0], 'Greater')?.inputs ?? [];
  if (outputs[0]!.type !== 'float32' || !madeBy(y, 'Relu') || !isZero(zero)) return undefined;
  const attributes = { alpha: { float: 3e38 }, beta: { float: 0 } };
  return [nodeValue('HardSigmoid', [y], outputs[0]!, { attributes })];
}

function isZero(value: Value | undefined): boolean {
  const data = constantData(value);
  return data?.length === 1 && data[0] === 0;
}
