import { inputValue } from '../ir/build.js';
import type { Graph, NamedValue, Node, Value } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';

export interface SplitGraph {
  /** Everything that depends on frozen inputs only; runs when one of them changes. */
  readonly prepare: Graph;
  /** The rest, with the results of `prepare` among its inputs. */
  readonly main: Graph;
}

/**
 * Divides a graph by how often its inputs change. What an attack would compute at each of its steps from weights
 * that stay the same (folded, turned and reordered weights) is computed once.
 */
export function splitFrozen(graph: Graph, isFrozen: (inputName: string) => boolean): SplitGraph {
  const fixed = fixedNodes(graph, isFrozen);
  const prepared: NamedValue[] = [];
  const replaced = new Map<Value, Value>();
  const outside = (value: Value): Value => {
    const known = replaced.get(value);
    if (known) return known;
    if (value.source.kind !== 'node' || !fixed.has(value.source.node)) return value;
    const name = `prepared:${prepared.length}`;
    const input = inputValue(name, value.shape, value.type);
    prepared.push({ name, value });
    replaced.set(value, input);
    return input;
  };
  for (const node of graphNodes(graph)) {
    if (fixed.has(node)) continue;
    const moved = withInputs(
      node,
      node.inputs.map((input) => input && outside(input)),
    );
    node.outputs.forEach((output, index) => {
      if (moved.outputs[index] !== output) replaced.set(output, moved.outputs[index]!);
    });
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: outside(value) }));
  const inputs = [
    ...graph.inputs,
    ...prepared.map(({ name, value }) => ({ name, value: replaced.get(value)! })),
  ];
  return {
    prepare: { name: `${graph.name}-prepare`, inputs: graph.inputs, outputs: prepared },
    main: { ...graph, inputs, outputs },
  };
}

/** Nodes all of whose inputs are frozen, constant or made by such nodes; int64 results stay where they are used. */
function fixedNodes(graph: Graph, isFrozen: (inputName: string) => boolean): ReadonlySet<Node> {
  const fixed = new Set<Node>();
  for (const node of graphNodes(graph)) {
    const inputs = node.inputs.filter((input) => input !== undefined);
    const known = inputs.every(({ source }) => {
      if (source.kind === 'input') return isFrozen(source.name);
      return source.kind === 'constant' || fixed.has(source.node);
    });
    const varies = inputs.some(({ source }) => source.kind !== 'constant');
    if (known && varies && node.outputs.every(({ type }) => type !== 'int64')) fixed.add(node);
  }
  return fixed;
}
