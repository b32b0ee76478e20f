import type { Graph, Node, Value } from './graph.js';

/** Every node that the outputs need, each after the nodes it takes its inputs from. */
export function nodesInOrder(outputs: readonly Value[]): readonly Node[] {
  const done = new Set<Node>();
  const order: Node[] = [];
  for (const output of outputs) {
    // an explicit stack: training steps are thousands of nodes deep
    const stack: { node: Node; next: number }[] = [];
    push(stack, output, done);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (top.next < top.node.inputs.length) {
        push(stack, top.node.inputs[top.next++], done);
      } else {
        stack.pop();
        if (done.has(top.node)) continue;
        done.add(top.node);
        order.push(top.node);
      }
    }
  }
  return order;
}

function push(stack: { node: Node; next: number }[], value: Value | undefined, done: Set<Node>): void {
  if (value?.source.kind === 'node' && !done.has(value.source.node)) {
    stack.push({ node: value.source.node, next: 0 });
  }
}

export function graphNodes(graph: Graph): readonly Node[] {
  return nodesInOrder(graph.outputs.map(({ value }) => value));
}

/** How many inputs (of nodes and of the graph's results) take each value. */
export function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value | undefined): void => {
    if (value) uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of graphNodes(graph)) node.inputs.forEach(use);
  for (const { value } of graph.outputs) use(value);
  return uses;
}
