import { add, reshape, transpose } from '../ir/emit.js';
import { madeBy, sameShape, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { countUses } from '../ir/traverse.js';

/**
 * The sum of two arrays whose elements moved alike is taken before they move: the gradients of a strided convolution
 * and of the shortcut beside it are interleaved once, and the sum becomes part of a convolution.
 */
export function moveOnce(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (node, original) => {
    if (node.op !== 'Add' || !original.inputs.every((input) => isNeededOnce(input!, uses))) return undefined;
    const [a, b] = node.inputs.map((input) => madeBy(unshaped(input!), 'Transpose'));
    if (!a || !b || !sameShape(a.inputs[0]!.shape, b.inputs[0]!.shape)) return undefined;
    if (orderOf(a).join() !== orderOf(b).join()) return undefined;
    const sum = reshape(addUnshaped(a.inputs[0]!, b.inputs[0]!), a.inputs[0]!.shape);
    return [reshape(transpose(sum, orderOf(a)), node.outputs[0]!.shape)];
  });
}

function orderOf(transposed: Node): readonly number[] {
  return transposed.attributes.perm as readonly number[];
}

/** The same numbers before they were given another shape. */
function unshaped(value: Value): Value {
  const before = madeBy(value, 'Reshape')?.inputs[0];
  return before ? unshaped(before) : value;
}

function isNeededOnce(value: Value, uses: ReadonlyMap<Value, number>): boolean {
  const before = madeBy(value, 'Reshape')?.inputs[0];
  return uses.get(value) === 1 && (!before || isNeededOnce(before, uses));
}

/** In the shape in which both are computed, if that is the same. */
function addUnshaped(a: Value, b: Value): Value {
  const [whole, other] = [unshaped(a), unshaped(b)];
  return sameShape(whole.shape, other.shape) ? add(whole, other) : add(a, b);
}
