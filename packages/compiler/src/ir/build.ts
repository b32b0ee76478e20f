import {
  sizeOf,
  type Attributes,
  type ConstantData,
  type ElementType,
  type Node,
  type Shape,
  type Value,
} from './graph.js';

export interface OutputSpec {
  readonly shape: Shape;
  readonly type: ElementType;
}

export function inputValue(name: string, shape: Shape, type: ElementType): Value {
  return { shape, type, source: { kind: 'input', name } };
}

export function constantValue(data: ConstantData, shape: Shape): Value {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`constant of shape [${shape.join(', ')}] with ${data.length} values`);
  }
  return { shape, type: elementTypeOf(data), source: { kind: 'constant', data } };
}

/** A scalar constant of shape []. */
export function scalarValue(value: number, type: ElementType = 'float32'): Value {
  return constantValue(typedArray([value], type), []);
}

/** A vector of int64, as ONNX wants shapes and axes. */
export function int64Value(values: readonly number[]): Value {
  return constantValue(BigInt64Array.from(values, BigInt), [values.length]);
}

export function typedArray(values: ArrayLike<number>, type: ElementType): ConstantData {
  if (type === 'float32') return Float32Array.from(values);
  if (type === 'int32') return Int32Array.from(values);
  if (type === 'bool') return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
  return BigInt64Array.from(Array.from(values, BigInt));
}

export interface NodeOptions {
  readonly attributes?: Attributes;
  readonly domain?: string;
}

/** A node with one output. */
export function nodeValue(
  op: string,
  inputs: readonly (Value | undefined)[],
  output: OutputSpec,
  options: NodeOptions = {},
): Value {
  return nodeValues(op, inputs, [output], options)[0]!;
}

/** A node with several outputs. */
export function nodeValues(
  op: string,
  inputs: readonly (Value | undefined)[],
  outputs: readonly OutputSpec[],
  { attributes = {}, domain = '' }: NodeOptions = {},
): readonly Value[] {
  const values: Value[] = [];
  const node: Node = { op, domain, inputs, attributes, outputs: values };
  outputs.forEach(({ shape, type }, index) => {
    values.push({ shape: [...shape], type, source: { kind: 'node', node, index } });
  });
  return values;
}

function elementTypeOf(data: ConstantData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof BigInt64Array ? 'int64' : 'bool';
}
