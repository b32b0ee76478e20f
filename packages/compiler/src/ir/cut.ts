import { inputValue } from './build.js';
import type { Graph, NamedValue, Node, Value } from './graph.js';
import { withInputs } from './rewrite.js';
import { graphNodes } from './traverse.js';

export interface Cut {
  /** What the nodes that were cut off compute for the rest or as results of the graph; with it they run. */
  readonly handed: readonly NamedValue[];
  /** The graph without these nodes; what is handed over is among its inputs. */
  readonly rest: Graph;
}

/**
 * Takes nodes out of a graph; they must not depend on any that stay.
 *
 * @param prefix of the names of what is handed over, followed by numbers
 */
export function cut(graph: Graph, nodes: ReadonlySet<Node>, prefix: string): Cut {
  const handed: NamedValue[] = [];
  const replaced = new Map<Value, Value>();
  const outside = (value: Value): Value => {
    const known = replaced.get(value);
    if (known) return known;
    if (value.source.kind !== 'node' || !nodes.has(value.source.node)) return value;
    const name = `${prefix}:${handed.length}`;
    const input = inputValue(name, value.shape, value.type);
    handed.push({ name, value });
    replaced.set(value, input);
    return input;
  };
  for (const node of graphNodes(graph)) {
    if (nodes.has(node)) continue;
    const moved = withInputs(
      node,
      node.inputs.map((input) => input && outside(input)),
    );
    node.outputs.forEach((output, index) => {
      if (moved.outputs[index] !== output) replaced.set(output, moved.outputs[index]!);
    });
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: outside(value) }));
  const taken = handed.map(({ name, value }) => ({ name, value: replaced.get(value)! }));
  return { handed, rest: { ...graph, inputs: [...graph.inputs, ...taken], outputs } };
}
