/**
 * Puts convolutions and what lies between them into ONNX Runtime's blocked order, in which its convolutions run at
 * full speed. ONNX Runtime does this by itself, but only where weights are constants; here weights may be inputs,
 * so a training step gains as well, and an attack needs no new session when the weights have changed.
 */
import type { Graph, Node } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';
import { blockedBatchNorm } from './blocked-batch-norm.js';
import { blockedConvolution } from './blocked-convolution.js';
import { blockedElementwise } from './blocked-elementwise.js';
import { blockedPooling, blockedReduction } from './blocked-pooling.js';
import { blockedTransposedConvolution } from './blocked-transposed-convolution.js';
import { BlockedValues } from './blocked-values.js';
import { blockedWeightGradient } from './blocked-weight-gradient.js';

/** Writes the results of a node it knows into `values` and returns true. */
type Rule = (node: Node, values: BlockedValues) => boolean;

const rules: readonly Rule[] = [
  blockedConvolution,
  blockedTransposedConvolution,
  blockedElementwise,
  blockedBatchNorm,
  blockedReduction,
  blockedPooling,
  blockedWeightGradient,
];

/** @param block channels side by side in memory, as this machine's kernels have it; 0 leaves the graph alone */
export function blockedLayout(graph: Graph, block: number): Graph {
  if (block === 0) return graph;
  const values = new BlockedValues(block);
  for (const node of graphNodes(graph)) {
    if (rules.some((rule) => rule(node, values))) continue;
    const moved = withInputs(
      node,
      node.inputs.map((input) => input && values.plain(input)),
    );
    node.outputs.forEach((output, index) => values.setPlain(output, moved.outputs[index]!));
  }
  return {
    ...graph,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: values.plain(value) })),
  };
}
