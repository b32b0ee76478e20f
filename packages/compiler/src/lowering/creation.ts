import type * as tf from '@tensorflow/tfjs-core';
import { constantValue, scalarValue, typedArray } from '../ir/build.js';
import { expand } from '../ir/emit.js';
import type { ElementType, Shape, Value } from '../ir/graph.js';
import { attributesOf, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

function filled(value: number, shape: Shape, type: ElementType): Value {
  return expand(scalarValue(value, type), shape);
}

function range(call: KernelCall): Value {
  const { start, stop, step, dtype } = attributesOf<tf.RangeAttrs>(call);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length: count }, (_, index) => start + index * step);
  return constantValue(typedArray(values, dtype), [count]);
}

function linearSpace(call: KernelCall): Value {
  const { start, stop, num } = attributesOf<tf.LinSpaceAttrs>(call);
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  const values = Array.from({ length: num }, (_, index) => start + index * step);
  return constantValue(Float32Array.from(values), [num]);
}

export const creation: LoweringTable = {
  Fill: (call) => {
    const { value, shape, dtype = 'float32' } = attributesOf<tf.FillAttrs>(call);
    return filled(value as number, shape, dtype as ElementType);
  },
  ZerosLike: (call) => {
    const { shape, type } = inputOf(call, 'x');
    return filled(0, shape, type);
  },
  OnesLike: (call) => {
    const { shape, type } = inputOf(call, 'x');
    return filled(1, shape, type);
  },
  Range: range,
  LinSpace: linearSpace,
};
