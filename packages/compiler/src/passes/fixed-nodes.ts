import type { Graph, Node } from '../ir/graph.js';
import { graphNodes } from '../ir/traverse.js';

/** Nodes all of whose inputs are frozen, constant or made by such nodes; int64 results stay where they are used. */
export function fixedNodes(graph: Graph, isFrozen: (inputName: string) => boolean): ReadonlySet<Node> {
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
