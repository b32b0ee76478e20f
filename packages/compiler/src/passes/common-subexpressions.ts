import { sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';

/** Larger constants are compared by identity only. */
const largestComparedConstant = 4096;

/** Computes equal things once: the same operator on the same inputs with the same attributes. */
export function commonSubexpressions(graph: Graph): Graph {
  const ids = new Identities();
  const seen = new Map<string, Node>();
  return rewrite(graph, (node) => {
    const key = [
      node.domain,
      node.op,
      JSON.stringify(node.attributes),
      node.outputs.length,
      ...node.inputs.map((input) => input && ids.of(input)),
    ].join('|');
    const earlier = seen.get(key);
    if (!earlier) seen.set(key, node);
    return (earlier ?? node).outputs;
  });
}

/** Numbers for values, the same one for constants of equal content. */
class Identities {
  private readonly byValue = new Map<Value, number>();
  private readonly byContent = new Map<string, number>();
  private next = 0;

  of(value: Value): number {
    let id = this.byValue.get(value);
    if (id === undefined) {
      id = this.byContentOf(value) ?? this.next++;
      this.byValue.set(value, id);
    }
    return id;
  }

  private byContentOf(value: Value): number | undefined {
    if (value.source.kind !== 'constant' || sizeOf(value.shape) > largestComparedConstant) return undefined;
    const numbers = Array.from(value.source.data as ArrayLike<number | bigint>, (number) =>
      Object.is(number, -0) ? '-0' : String(number),
    );
    const key = `${value.type}[${value.shape.join()}]${numbers.join()}`;
    const known = this.byContent.get(key);
    if (known === undefined) this.byContent.set(key, this.next);
    return known;
  }
}
