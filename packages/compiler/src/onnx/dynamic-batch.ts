import { ArdError } from '@ard/core';
import { int64Value, nodeValue } from '../ir/build.js';
import { add, multiply } from '../ir/emit.js';
import { constantData, sameShape, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite, withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';

/**
 * One graph for every batch size, from two graphs of one function that were traced with different ones. Where they
 * differ, in shapes that the tracer wrote down as numbers, the number is computed from the batch that comes in.
 *
 * Shapes of values stay those of the first graph; `toOnnx` writes its batch size as a symbol.
 *
 * @param input the input whose first extent is the batch; trace with more than 16, so that constants of one repeated
 *   value are written as such
 * @throws ArdError when the graphs differ in something else
 */
export function dynamicBatch(first: Graph, second: Graph, input: string): Graph {
  const counterparts = pairNodes(first, second);
  const { value, sizes } = batchOf(first, second, input);
  const batch = nodeValue(
    'Shape',
    [value],
    { shape: [1], type: 'int64' },
    { attributes: { start: 0, end: 1 } },
  );
  return rewrite(first, (node, original) => {
    const other = counterparts.get(original)!;
    const inputs = node.inputs.map((own, index) => {
      const [a, b] = [original.inputs[index], other.inputs[index]];
      return a && b && own && differ(a, b) ? joined(original, a, b, { batch, sizes }) : own;
    });
    return withInputs(node, inputs).outputs;
  });
}

interface Batch {
  /** int64 `[1]`, when the model runs. */
  readonly batch: Value;
  /** Of the two graphs. */
  readonly sizes: readonly [number, number];
}

function batchOf(first: Graph, second: Graph, input: string): { value: Value; sizes: [number, number] } {
  const [a, b] = [first, second].map((graph) => graph.inputs.find(({ name }) => name === input)?.value);
  if (!a || !b) throw new Error(`dynamicBatch: there is no input ${input}`);
  return { value: a, sizes: [a.shape[0]!, b.shape[0]!] };
}

function pairNodes(first: Graph, second: Graph): ReadonlyMap<Node, Node> {
  const [own, others] = [graphNodes(first), graphNodes(second)];
  if (own.length !== others.length) throw notAnyBatch(first.name);
  return new Map(
    own.map((node, index) => {
      const other = others[index]!;
      const alike =
        node.op === other.op &&
        node.domain === other.domain &&
        node.inputs.length === other.inputs.length &&
        JSON.stringify(node.attributes) === JSON.stringify(other.attributes);
      if (!alike) throw notAnyBatch(node.op);
      return [node, other];
    }),
  );
}

function differ(a: Value, b: Value): boolean {
  const [left, right] = [constantData(a), constantData(b)];
  if (!left || !right || left === right) return false;
  return !sameShape(a.shape, b.shape) || left.some((value, index) => value !== right[index]);
}

/** A constant that depends on the batch size, as a value computed from it. */
function joined(node: Node, a: Value, b: Value, { batch, sizes: [small, large] }: Batch): Value {
  if (!sameShape(a.shape, b.shape) || a.type !== 'int64') throw notAnyBatch(node.op);
  const [before, after] = [numbersOf(a), numbersOf(b)];
  const slopes = before.map((value, index) => (after[index]! - value) / (large - small));
  if (!slopes.every(Number.isInteger)) throw notAnyBatch(node.op);
  const changing = slopes.filter((slope) => slope !== 0).length;
  if (node.op === 'Reshape' && changing === 1) {
    return int64Value(before.map((value, index) => (slopes[index] === 0 ? value : -1)));
  }
  const offsets = before.map((value, index) => value - slopes[index]! * small);
  return add(multiply(batch, int64Value(slopes)), int64Value(offsets));
}

function numbersOf(value: Value): readonly number[] {
  return Array.from(constantData(value) as ArrayLike<number | bigint>, Number);
}

function notAnyBatch(what: string): ArdError {
  return new ArdError(`${what} cannot be written for every batch size.`, {
    remedy: 'Export it for one batch size.',
  });
}
