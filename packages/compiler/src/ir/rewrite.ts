import { nodeValues } from './build.js';
import type { Graph, Node, Value } from './graph.js';
import { graphNodes } from './traverse.js';

/**
 * What becomes of one node; its inputs are already rewritten, `original` is the node of the old graph. Undefined
 * leaves the operator as it is. The returned values stand for the node's outputs, one each.
 */
export type Visit = (node: Node, original: Node) => readonly Value[] | undefined;

/** Rebuilds a graph node by node, in order. Unchanged parts are shared with the old graph. */
export function rewrite(graph: Graph, visit: Visit): Graph {
  const replaced = new Map<Value, Value>();
  const current = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of graphNodes(graph)) {
    const moved = withInputs(
      node,
      node.inputs.map((input) => input && current(input)),
    );
    const values = visit(moved, node) ?? moved.outputs;
    node.outputs.forEach((output, index) => {
      const value = values[index]!;
      if (value !== output) replaced.set(output, value);
    });
  }
  return {
    ...graph,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: current(value) })),
  };
}

/** The node itself when nothing changes. */
export function withInputs(node: Node, inputs: readonly (Value | undefined)[]): Node {
  if (inputs.every((input, index) => input === node.inputs[index])) return node;
  const [first] = nodeValues(node.op, inputs, node.outputs, node);
  return (first!.source as { node: Node }).node;
}
