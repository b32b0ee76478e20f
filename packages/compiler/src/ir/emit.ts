/** Builds the operators that lowerings and passes use all the time; shapes are worked out here. */
import { broadcast } from './broadcast.js';
import { int64Value, nodeValue, scalarValue } from './build.js';
import { sameShape, sizeOf, type Attributes, type ElementType, type Shape, type Value } from './graph.js';

export function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, index) => axis === index);
}

export function permuted(shape: Shape, permutation: readonly number[]): Shape {
  return permutation.map((axis) => shape[axis]!);
}

export function transpose(value: Value, permutation: readonly number[]): Value {
  if (isIdentity(permutation)) return value;
  const shape = permuted(value.shape, permutation);
  return nodeValue('Transpose', [value], { shape, type: value.type }, { attributes: { perm: permutation } });
}

export function reshape(value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  return nodeValue('Reshape', [value, int64Value(shape)], { shape, type: value.type });
}

export function expand(value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  return nodeValue('Expand', [value, int64Value(shape)], { shape, type: value.type });
}

export function cast(value: Value, type: ElementType): Value {
  if (value.type === type) return value;
  const to = { float32: 1, int32: 6, int64: 7, bool: 9 }[type];
  return nodeValue('Cast', [value], { shape: value.shape, type }, { attributes: { to } });
}

/** An operator that works element by element and broadcasts its inputs. */
export function elementwise(
  op: string,
  inputs: readonly Value[],
  type: ElementType = inputs[0]!.type,
  attributes: Attributes = {},
): Value {
  const shape = broadcast(inputs.map((input) => input.shape));
  return nodeValue(op, inputs, { shape, type }, { attributes });
}

export const add = (a: Value, b: Value): Value => elementwise('Add', [a, b]);
export const subtract = (a: Value, b: Value): Value => elementwise('Sub', [a, b]);
export const multiply = (a: Value, b: Value): Value => elementwise('Mul', [a, b]);
export const divide = (a: Value, b: Value): Value => elementwise('Div', [a, b]);
export const compare = (op: 'Greater' | 'Less' | 'Equal', a: Value, b: Value): Value =>
  elementwise(op, [a, b], 'bool');
export const where = (condition: Value, a: Value, b: Value): Value =>
  elementwise('Where', [condition, a, b], a.type);

/** A scalar constant of the value's type. */
export function like(value: Value, number: number): Value {
  return scalarValue(number, value.type);
}

export type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

export function reduce(op: Reduction, value: Value, axes: readonly number[], keepDimensions: boolean): Value {
  if (axes.length === 0) return value;
  const sorted = [...axes].sort((a, b) => a - b);
  const shape = keepDimensions
    ? value.shape.map((extent, axis) => (sorted.includes(axis) ? 1 : extent))
    : value.shape.filter((_, axis) => !sorted.includes(axis));
  const output = { shape, type: value.type };
  const keepdims = keepDimensions ? 1 : 0;
  // ReduceSum takes its axes as an input since operator set 13, the others since 18
  return op === 'ReduceSum'
    ? nodeValue(op, [value, int64Value(sorted)], output, { attributes: { keepdims } })
    : nodeValue(op, [value], output, { attributes: { axes: sorted, keepdims } });
}

/** Product of the last two axes; leading axes are a batch and must be equal. */
export function matrixProduct(a: Value, b: Value, transA = false, transB = false): Value {
  const rank = a.shape.length;
  const rows = a.shape[transA ? rank - 1 : rank - 2]!;
  const columns = b.shape[transB ? rank - 2 : rank - 1]!;
  const batch = broadcast([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const output = { shape: [...batch, rows, columns], type: a.type };
  if (!transA && !transB) return nodeValue('MatMul', [a, b], output);
  const attributes = { transA: Number(transA), transB: Number(transB) };
  if (rank === 2) return nodeValue('Gemm', [a, b], output, { attributes });
  return nodeValue('FusedMatMul', [a, b], output, { attributes, domain: 'com.microsoft' });
}

/** Consecutive elements `[from, to)` along some axes, every `step`-th. */
export function slice(
  value: Value,
  ranges: readonly { axis: number; from: number; to: number; step?: number }[],
): Value {
  const shape = [...value.shape];
  for (const { axis, from, to, step = 1 } of ranges) shape[axis] = Math.max(0, Math.ceil((to - from) / step));
  if (sameShape(shape, value.shape) && ranges.every(({ step = 1 }) => step > 0)) return value;
  const parts = [
    ranges.map((range) => range.from),
    ranges.map((range) => range.to),
    ranges.map((range) => range.axis),
    ranges.map((range) => range.step ?? 1),
  ];
  return nodeValue('Slice', [value, ...parts.map(int64Value)], { shape, type: value.type });
}

/** The same values in reverse order along some axes. */
export function reverse(value: Value, axes: readonly number[]): Value {
  const turned = axes.filter((axis) => value.shape[axis]! > 1);
  if (turned.length === 0) return value;
  const vector = (of: (axis: number) => number): Value => int64Value(turned.map(of));
  const start = vector((axis) => value.shape[axis]! - 1);
  const end = vector((axis) => -value.shape[axis]! - 1);
  return nodeValue('Slice', [value, start, end, vector((axis) => axis), vector(() => -1)], {
    shape: value.shape,
    type: value.type,
  });
}

export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (values.length === 1) return first!;
  const shape = [...first!.shape];
  shape[axis] = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return nodeValue('Concat', values, { shape, type: first!.type }, { attributes: { axis } });
}

/** Constant padding; `before` and `after` have one entry per axis. */
export function pad(value: Value, before: readonly number[], after: readonly number[], fill: number): Value {
  if ([...before, ...after].every((extent) => extent === 0)) return value;
  const shape = value.shape.map((extent, axis) => extent + before[axis]! + after[axis]!);
  return nodeValue('Pad', [value, int64Value([...before, ...after]), like(value, fill)], {
    shape,
    type: value.type,
  });
}

export function isEmpty(value: Value): boolean {
  return sizeOf(value.shape) === 0;
}
