/** Small algebra: what multiplies by one, adds zero, or spreads a value that would be broadcast anyway, goes. */
import { tryBroadcast } from '../ir/broadcast.js';
import { nodeValue } from '../ir/build.js';
import { expand, reshape } from '../ir/emit.js';
import { constantData, madeBy, sameShape, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { elementwiseOperators } from './operator-classes.js';

export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const value = neutral(node) ?? withoutExpand(node) ?? reshapeOfReshape(node) ?? sameExpand(node);
    return value && [value];
  });
}

/** x · 1, x / 1, x + 0, x - 0. Not x · 0, which is NaN where x is not finite. */
function neutral(node: Node): Value | undefined {
  const [a, b] = node.inputs;
  const output = node.outputs[0]!;
  const shaped = (value: Value): Value => expand(value, output.shape);
  if (node.op === 'Mul' && isRepeated(b, 1)) return shaped(a!);
  if (node.op === 'Mul' && isRepeated(a, 1)) return shaped(b!);
  if (node.op === 'Div' && isRepeated(b, 1)) return shaped(a!);
  if ((node.op === 'Add' || node.op === 'Sub') && isRepeated(b, 0)) return shaped(a!);
  if (node.op === 'Add' && isRepeated(a, 0)) return shaped(b!);
  return undefined;
}

/** Whether every element is this number, -0 aside (x + -0 is x as well). */
function isRepeated(value: Value | undefined, number: number): boolean {
  const spread = madeBy(value, 'Expand');
  if (spread) return isRepeated(spread.inputs[0], number);
  const data = constantData(value);
  if (!data || data.length === 0 || data.length > 64) return false;
  return Array.from(data as ArrayLike<number | bigint>, Number).every((element) => element === number);
}

/** Operators broadcast by themselves; what only they would spread is spread after them, or not at all. */
function withoutExpand(node: Node): Value | undefined {
  if (!elementwiseOperators.has(node.op)) return undefined;
  const sources = node.inputs.map((input) => madeBy(input, 'Expand')?.inputs[0] ?? input!);
  if (sources.every((source, index) => source === node.inputs[index])) return undefined;
  const output = node.outputs[0]!;
  const shape = tryBroadcast(sources.map((source) => source.shape));
  if (!shape) return undefined;
  const value = nodeValue(node.op, sources, { shape, type: output.type }, node);
  return expand(value, output.shape);
}

function reshapeOfReshape(node: Node): Value | undefined {
  if (node.op !== 'Reshape') return undefined;
  const inner = madeBy(node.inputs[0], 'Reshape');
  const output = node.outputs[0]!;
  const spread = madeBy(node.inputs[0], 'Expand');
  if (spread && sizeOf(spread.inputs[0]!.shape) === 1)
    return expand(reshape(spread.inputs[0]!, []), output.shape);
  const source = inner?.inputs[0] ?? node.inputs[0]!;
  if (sameShape(source.shape, output.shape)) return source;
  return inner && reshape(source, output.shape);
}

function sameExpand(node: Node): Value | undefined {
  if (node.op !== 'Expand') return undefined;
  const inner = madeBy(node.inputs[0], 'Expand');
  return inner && expand(inner.inputs[0]!, node.outputs[0]!.shape);
}
