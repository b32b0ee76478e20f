/**
 * Computes what depends on constants only. Small things, so that other passes see numbers; large ones (turned
 * frozen weights) are folded by ONNX Runtime when it loads the model.
 */
import { tryBroadcast } from '../ir/broadcast.js';
import { constantValue, typedArray } from '../ir/build.js';
import {
  constantData,
  sizeOf,
  type ConstantData,
  type Graph,
  type Node,
  type Shape,
  type Value,
} from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';

const largestFolded = 1024;

type Scalar = (...operands: number[]) => number;

const round = Math.fround;
const scalarOperators: Readonly<Record<string, Scalar>> = {
  Add: (a, b) => round(a! + b!),
  Sub: (a, b) => round(a! - b!),
  Mul: (a, b) => round(a! * b!),
  Div: (a, b) => round(a! / b!),
  Neg: (a) => -a!,
  Abs: (a) => Math.abs(a!),
  Sqrt: (a) => round(Math.sqrt(a!)),
  Reciprocal: (a) => round(1 / a!),
  Max: (...all) => Math.max(...all),
  Min: (...all) => Math.min(...all),
  Greater: (a, b) => Number(a! > b!),
  Less: (a, b) => Number(a! < b!),
  Equal: (a, b) => Number(a! === b!),
  Cast: (a) => a!,
};

export function constantFolding(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const output = node.outputs[0]!;
    if (node.outputs.length !== 1 || sizeOf(output.shape) > largestFolded) return undefined;
    const data = node.inputs.map((input) => constantData(input));
    if (data.length === 0 || data.some((values) => values === undefined)) return undefined;
    const folded = fold(node, node.inputs as Value[], data as ConstantData[]);
    return folded && [folded];
  });
}

function fold(node: Node, inputs: readonly Value[], data: readonly ConstantData[]): Value | undefined {
  const output = node.outputs[0]!;
  if (node.op === 'Reshape') return constantValue(data[0]!, output.shape);
  if (node.op === 'Transpose') return transposed(node, inputs[0]!, data[0]!);
  const compute = scalarOperators[node.op];
  if (!compute || (node.op === 'Div' && output.type !== 'float32')) return undefined;
  if (output.type === 'int64' || !tryBroadcast(inputs.map(({ shape }) => shape))) return undefined;
  if (node.op === 'Cast' && output.type === 'int32') return undefined;
  const readers = inputs.map((input, index) => broadcastReader(data[index]!, input.shape, output.shape));
  const values = Array.from({ length: sizeOf(output.shape) }, (_, index) =>
    compute(...readers.map((read) => read(index))),
  );
  return constantValue(typedArray(values, output.type), output.shape);
}

function transposed(node: Node, input: Value, data: ConstantData): Value | undefined {
  const order = node.attributes.perm as readonly number[];
  const output = node.outputs[0]!;
  const strides = stridesOf(input.shape);
  const read = stridedReader(
    data,
    output.shape,
    order.map((axis) => strides[axis]!),
  );
  if (input.type === 'int64') return undefined;
  const values = Array.from({ length: sizeOf(output.shape) }, (_, index) => read(index));
  return constantValue(typedArray(values, output.type), output.shape);
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

function broadcastReader(data: ConstantData, shape: Shape, target: Shape): (index: number) => number {
  const offset = target.length - shape.length;
  const strides = stridesOf(shape);
  return stridedReader(
    data,
    target,
    target.map((_, axis) => (axis < offset || shape[axis - offset] === 1 ? 0 : strides[axis - offset]!)),
  );
}

function stridedReader(
  data: ConstantData,
  shape: Shape,
  strides: readonly number[],
): (index: number) => number {
  const steps = stridesOf(shape);
  return (index) => {
    let at = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      at += (Math.floor(index / steps[axis]!) % shape[axis]!) * strides[axis]!;
    }
    return Number(data[at]);
  };
}
