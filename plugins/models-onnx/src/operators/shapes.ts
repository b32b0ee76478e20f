import * as tf from '@tensorflow/tfjs-core';
import { Malformed } from '../file/malformed.js';
import type { Constant } from '../file/tensor.js';
import { asImages, asPlain, channelsLast, integers, plain, shapeOf, type Value } from '../values.js';
import {
  axisOf,
  input,
  known,
  knownOr,
  listOr,
  numberOr,
  textOr,
  type Call,
  type OperatorTable,
} from './operator.js';

const imageAxes = [0, 3, 1, 2] as const;
const isImage = (value: Value): boolean => value.kind === 'tensor' && value.order === 'channelsLast';
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function reshaped(value: Value, shape: readonly number[]): Value {
  if (value.kind === 'constant') return { kind: 'constant', constant: { ...value.constant, shape } };
  return plain(tf.reshape(asPlain(value), [...shape]));
}

function reshape(call: Call): Value {
  const value = input(call, 0);
  const from = shapeOf(value);
  const target = (knownOr(call, 1, 'shape') ?? []).map((extent, axis) =>
    extent === 0 && numberOr(call, 'allowzero', 0) === 0 ? (from[axis] ?? 0) : extent,
  );
  const { now, exported } = call.batch;
  // a graph exported for one batch size has it written into its shapes
  if (exported !== undefined && target[0] === exported && from[0] === now) target[0] = now;
  const size = sizeOf(from);
  const open = target.indexOf(-1);
  if (open >= 0) target[open] = size / sizeOf(target.filter((_, axis) => axis !== open));
  if (sizeOf(target) !== size || !target.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw new Malformed(`Reshape makes [${target.join(', ')}] of [${from.join(', ')}]`);
  }
  return reshaped(value, target);
}

function flatten(call: Call): Value {
  const shape = shapeOf(input(call, 0));
  const given = numberOr(call, 'axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  return reshaped(input(call, 0), [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
}

function squeeze(call: Call): Value {
  const value = input(call, 0);
  const shape = shapeOf(value);
  const axes = knownOr(call, 1, 'axes')?.map((axis) => axisOf(call, axis, shape.length));
  return reshaped(
    value,
    shape.filter((extent, axis) => (axes ? !axes.includes(axis) : extent !== 1)),
  );
}

function unsqueeze(call: Call): Value {
  const value = input(call, 0);
  const given = knownOr(call, 1, 'axes') ?? [];
  const rank = shapeOf(value).length + given.length;
  const rest = [...shapeOf(value)];
  const axes = given.map((axis) => axisOf(call, axis, rank));
  return reshaped(
    value,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
  );
}

function transpose(call: Call): Value {
  const value = input(call, 0);
  const rank = shapeOf(value).length;
  const order = listOr(call, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (order.length !== rank || new Set(order.map((axis) => axisOf(call, axis, rank))).size !== rank) {
    throw new Malformed(`Transpose by [${order.join(', ')}] of ${rank} axes`);
  }
  if (value.kind === 'constant') {
    return { kind: 'constant', constant: transposedConstant(value.constant, order) };
  }
  const tensor = asPlain(value);
  // from NHWC as a graph of tf2onnx has it: what follows works on images, and this is one already
  if (order.join() === '0,3,1,2') return channelsLast(tensor);
  if (order.join() === '0,2,3,1' && isImage(value)) return plain(asImages(value));
  return plain(tf.transpose(tensor, [...order]));
}

function transposedConstant({ shape, data, integer }: Constant, order: readonly number[]): Constant {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const turned = order.map((axis) => shape[axis]!);
  const steps = turned.map((_, axis) => sizeOf(turned.slice(axis + 1)));
  const values = data.map((_, index) => {
    const from = steps.reduce(
      (at, step, axis) => at + (Math.floor(index / step) % turned[axis]!) * strides[order[axis]!]!,
      0,
    );
    return data[from]!;
  });
  return { shape: turned, data: values, integer };
}

function concat(call: Call): Value {
  const values = call.inputs.map((_, index) => input(call, index));
  const rank = shapeOf(values[0]!).length;
  const axis = axisOf(call, numberOr(call, 'axis', 0), rank);
  if (values.every((value) => value.kind === 'constant') && rank === 1) {
    const all = values.map((value) => known(call, value));
    if (all.every(({ integer }) => integer)) return integers(all.flatMap(({ data }) => [...data]));
  }
  if (rank === 4 && values.some(isImage)) {
    return channelsLast(tf.concat(values.map(asImages), imageAxes[axis]!));
  }
  return plain(tf.concat(values.map(asPlain), axis));
}

function slice(call: Call): Value {
  const value = input(call, 0);
  const shape = shapeOf(value);
  const starts = knownOr(call, 1, 'starts') ?? [];
  const ends = knownOr(call, 2, 'ends') ?? [];
  const axes = (knownOr(call, 3, 'axes') ?? starts.map((_, index) => index)).map((axis) =>
    axisOf(call, axis, shape.length),
  );
  const steps = call.inputs[4] ? Array.from(known(call, call.inputs[4]).data) : starts.map(() => 1);
  let result = value;
  axes.forEach((axis, index) => {
    const extent = shapeOf(result)[axis]!;
    const step = steps[index]!;
    const bound = (at: number): number =>
      Math.min(Math.max(at < 0 ? at + extent : at, step < 0 ? -1 : 0), step < 0 ? extent - 1 : extent);
    const [from, to] = [bound(starts[index]!), bound(ends[index]!)];
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!(step !== 0) || !(count <= extent)) throw new Malformed('Slice has an impossible range');
    result = picked(
      result,
      axis,
      Array.from({ length: count }, (_, i) => from + i * step),
      step === 1,
    );
  });
  return result;
}

/** Some of the entries along one axis. */
function picked(value: Value, axis: number, indices: readonly number[], consecutive: boolean): Value {
  if (value.kind === 'constant')
    return { kind: 'constant', constant: pickedConstant(value.constant, axis, indices) };
  const image = isImage(value);
  const at = image ? imageAxes[axis]! : axis;
  const { tensor } = value;
  const wrap = image ? channelsLast : plain;
  if (!consecutive) return wrap(tf.gather(tensor, tf.tensor1d([...indices], 'int32'), at));
  const begin = tensor.shape.map((_, i) => (i === at ? (indices[0] ?? 0) : 0));
  const size = tensor.shape.map((extent, i) => (i === at ? indices.length : extent));
  return wrap(tf.slice(tensor, begin, size));
}

function pickedConstant(
  { shape, data, integer }: Constant,
  axis: number,
  indices: readonly number[],
): Constant {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const values: number[] = [];
  for (let block = 0; block < outer; block++) {
    for (const index of indices) {
      const start = (block * shape[axis]! + index) * inner;
      for (let i = 0; i < inner; i++) values.push(data[start + i]!);
    }
  }
  const picked = shape.map((extent, i) => (i === axis ? indices.length : extent));
  return { shape: picked, integer, data: integer ? Float64Array.from(values) : Float32Array.from(values) };
}

function gather(call: Call): Value {
  const value = input(call, 0);
  const shape = shapeOf(value);
  const axis = axisOf(call, numberOr(call, 'axis', 0), shape.length);
  const at = known(call, input(call, 1));
  const indices = Array.from(at.data, (index) => (index < 0 ? index + shape[axis]! : index));
  if (!indices.every((index) => Number.isInteger(index) && index >= 0 && index < shape[axis]!)) {
    throw new Malformed('Gather takes what is not there');
  }
  const result = picked(value, axis, indices, indices.length === 1);
  return reshaped(result, [...shape.slice(0, axis), ...at.shape, ...shape.slice(axis + 1)]);
}

function split(call: Call): readonly Value[] {
  const value = input(call, 0);
  const shape = shapeOf(value);
  const axis = axisOf(call, numberOr(call, 'axis', 0), shape.length);
  const extent = shape[axis]!;
  const parts = call.node.outputs.length;
  const even = Math.ceil(extent / parts);
  const sizes =
    knownOr(call, 1, 'split') ??
    Array.from({ length: parts }, (_, index) => Math.min(even, extent - index * even));
  if (sizes.length !== parts || sizes.reduce((sum, size) => sum + size, 0) !== extent) {
    throw new Malformed(`Split makes [${sizes.join(', ')}] of ${extent}`);
  }
  let from = 0;
  return sizes.map((size) => {
    const indices = Array.from({ length: size }, (_, index) => from + index);
    from += size;
    return picked(value, axis, indices, true);
  });
}

function pad(call: Call): Value {
  const value = input(call, 0);
  const shape = shapeOf(value);
  const pads = knownOr(call, 1, 'pads') ?? [];
  const axes = call.inputs[3] ? Array.from(known(call, call.inputs[3]).data) : shape.map((_, axis) => axis);
  const paddings = shape.map((): [number, number] => [0, 0]);
  axes.forEach((axis, index) => {
    paddings[axisOf(call, axis, shape.length)] = [pads[index] ?? 0, pads[index + axes.length] ?? 0];
  });
  if (paddings.flat().some((extent) => !(extent >= 0 && extent < 2 ** 16))) {
    throw new Malformed(`Pad by [${pads.join(', ')}]`);
  }
  const mode = textOr(call, 'mode', 'constant');
  const fill = call.inputs[2] ? known(call, call.inputs[2]).data[0]! : numberOr(call, 'value', 0);
  const image = isImage(value);
  const order = image ? [0, 2, 3, 1].map((axis) => paddings[axis]!) : paddings;
  const tensor = image ? asImages(value) : asPlain(value);
  const wrap = image ? channelsLast : plain;
  if (mode === 'constant') return wrap(tf.pad(tensor, order, fill));
  if (mode === 'reflect') return wrap(tf.mirrorPad(tensor, order, 'reflect'));
  throw new Malformed(`Pad in mode ${mode}`);
}

function expand(call: Call): Value {
  const value = input(call, 0);
  const from = shapeOf(value);
  const wanted = Array.from(known(call, input(call, 1)).data);
  const { now, exported } = call.batch;
  if (exported !== undefined && wanted[0] === exported && from[0] === 1 && wanted.length === from.length)
    wanted[0] = now;
  const rank = Math.max(from.length, wanted.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(at(from, axis), at(wanted, axis)));
  if (sizeOf(shape) > 2 ** 28) throw new Malformed(`Expand makes [${shape.join(', ')}]`);
  return plain(tf.broadcastTo(asPlain(value), shape));
}

export const shapes: OperatorTable = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Gather: gather,
  Split: split,
  Pad: pad,
  Expand: expand,
};
