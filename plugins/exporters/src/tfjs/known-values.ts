import { sizeOf, type ConstantData, type Shape, type Value } from '@ard/compiler';
import { variableName } from '../network-inputs.js';

export interface KnownValue {
  readonly data: ConstantData;
  readonly shape: Shape;
  /** Of the variable that it comes from. */
  readonly name?: string;
}

/** Tells what is known before any image comes: constants, variables, and both reshaped or transposed. */
export function knownValues(
  baked: ReadonlyMap<string, ConstantData>,
): (value: Value) => KnownValue | undefined {
  const cache = new Map<Value, KnownValue | undefined>();
  const known = (value: Value): KnownValue | undefined => {
    if (!cache.has(value)) cache.set(value, find(value));
    return cache.get(value);
  };
  const find = ({ source, shape }: Value): KnownValue | undefined => {
    if (source.kind === 'constant') return { data: source.data, shape };
    if (source.kind === 'input') {
      const data = baked.get(source.name);
      return data && { data, shape, name: variableName(source.name) };
    }
    const { op, inputs, attributes } = source.node;
    const input = inputs[0] && ['Reshape', 'Transpose', 'Expand'].includes(op) ? known(inputs[0]) : undefined;
    if (!input) return undefined;
    if (op === 'Reshape') return { ...input, shape };
    if (op === 'Transpose') return transposed(input, attributes.perm as readonly number[]);
    if (input.data.length !== 1 || !(input.data instanceof Float32Array)) return undefined;
    return { data: new Float32Array(sizeOf(shape)).fill(input.data[0]!), shape };
  };
  return known;
}

export function transposed(value: KnownValue, order: readonly number[]): KnownValue {
  const shape = order.map((axis) => value.shape[axis]!);
  const strides = value.shape.map((_, axis) => sizeOf(value.shape.slice(axis + 1)));
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const data = value.data.slice();
  for (let index = 0; index < data.length; index++) {
    let at = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      at += (Math.floor(index / steps[axis]!) % shape[axis]!) * strides[order[axis]!]!;
    }
    data[index] = value.data[at]!;
  }
  return { ...value, data, shape };
}
