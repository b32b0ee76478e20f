import { cut } from '../ir/cut.js';
import type { Graph, Node } from '../ir/graph.js';
import { graphNodes } from '../ir/traverse.js';
import { fixedNodes } from './fixed-nodes.js';

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
  const fixed = withoutLastReshapes(graph, fixedNodes(graph, isFrozen));
  const { handed, rest } = cut(graph, fixed, 'prepared');
  return { prepare: { name: `${graph.name}-prepare`, inputs: graph.inputs, outputs: handed }, main: rest };
}

/**
 * A reshape costs nothing inside a graph, but as the last step before a result ONNX Runtime copies the whole array;
 * where nothing else is made of it, it is left to those who use it.
 */
function withoutLastReshapes(graph: Graph, fixed: ReadonlySet<Node>): ReadonlySet<Node> {
  const kept = new Set<Node>();
  const needed = new Set<Node>();
  for (const node of [...graphNodes(graph)].reverse()) {
    if (!fixed.has(node) || (node.op === 'Reshape' && !needed.has(node))) continue;
    kept.add(node);
    for (const input of node.inputs) if (input?.source.kind === 'node') needed.add(input.source.node);
  }
  return kept;
}
