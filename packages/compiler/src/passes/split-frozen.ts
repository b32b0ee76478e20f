import { cut } from '../ir/cut.js';
import type { Graph, Node } from '../ir/graph.js';
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
  const { handed, rest } = cut(graph, fixed, 'prepared');
  return { prepare: { name: `${graph.name}-prepare`, inputs: graph.inputs, outputs: handed }, main: rest };
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
