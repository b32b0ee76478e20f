import * as tf from '@tensorflow/tfjs-core';
import { int64Value, nodeValue, nodeValues } from '../ir/build.js';
import { cast, concat, expand, pad, reshape, reverse, slice, transpose } from '../ir/emit.js';
import { sizeOf, type Value } from '../ir/graph.js';
import { attributesOf, inputList, inputOf, type KernelCall, type LoweringTable } from './lowering.js';

function reshaped(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { shape } = attributesOf<tf.ReshapeAttrs>(call);
  return reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape)));
}

function expandDimensions(call: KernelCall): Value {
  const input = inputOf(call, 'input');
  const { dim } = attributesOf<tf.ExpandDimsAttrs>(call);
  const shape = [...input.shape];
  shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
  return reshape(input, shape);
}

function sliced(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const attributes = attributesOf<{ begin: number | number[]; size: number | number[] }>(call);
  const shaped = { shape: [...x.shape] } as tf.TensorInfo;
  const [begin, size] = tf.slice_util.parseSliceParams(shaped, attributes.begin, attributes.size) as [
    number[],
    number[],
  ];
  const ranges = begin.map((from, axis) => ({ axis, from, to: from + size[axis]! }));
  return slice(
    x,
    ranges.filter(({ axis, from, to }) => from !== 0 || to !== x.shape[axis]),
  );
}

/** Every n-th element; begin, end and masks as in NumPy. */
function stridedSlice(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const attributes = attributesOf<tf.StridedSliceAttrs>(call);
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    attributes.begin,
    attributes.end,
    attributes.strides,
    attributes.beginMask,
    attributes.endMask,
    attributes.ellipsisMask,
    attributes.newAxisMask,
    attributes.shrinkAxisMask,
  );
  const shape = info.begin.map((begin, axis) =>
    Math.max(0, Math.ceil((info.end[axis]! - begin) / info.strides[axis]!)),
  );
  const axes = info.begin.map((_, axis) => axis);
  // an end before the first element, which counting down needs, is written as a large negative number
  const ends = info.end.map((end, axis) => (info.strides[axis]! < 0 && end < 0 ? -x.shape[axis]! - 1 : end));
  const parts = [info.begin, ends, axes, info.strides].map(int64Value);
  return reshape(nodeValue('Slice', [x, ...parts], { shape, type: x.type }), info.finalShape);
}

function concatenated(call: KernelCall): Value {
  const all = inputList(call);
  const { axis } = attributesOf<tf.ConcatAttrs>(call);
  const values = all.filter((value) => sizeOf(value.shape) > 0);
  const [first = all[0]!] = values;
  return concat(values.length > 0 ? values : [first], axis < 0 ? axis + first.shape.length : axis);
}

function pack(call: KernelCall): Value {
  const values = inputList(call);
  const { axis } = attributesOf<tf.PackAttrs>(call);
  const at = axis < 0 ? axis + values[0]!.shape.length + 1 : axis;
  return concat(
    values.map((value) => reshape(value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)])),
    at,
  );
}

function unpack(call: KernelCall): Value[] {
  const value = inputOf(call, 'value');
  const { axis } = attributesOf<tf.UnpackAttrs>(call);
  const at = axis < 0 ? axis + value.shape.length : axis;
  const shape = value.shape.filter((_, index) => index !== at);
  return Array.from({ length: value.shape[at]! }, (_, index) =>
    reshape(slice(value, [{ axis: at, from: index, to: index + 1 }]), shape),
  );
}

function split(call: KernelCall): readonly Value[] {
  const x = inputOf(call, 'x');
  const { numOrSizeSplits, axis } = attributesOf<tf.SplitVAttrs>(call);
  const [at = 0] = tf.util.parseAxisParam(axis, [...x.shape]);
  const sizes = tf.backend_util.prepareSplitSize({ shape: [...x.shape] } as tf.Tensor, numOrSizeSplits, at);
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((extent, index) => (index === at ? size : extent)),
    type: x.type,
  }));
  return nodeValues('Split', [x, int64Value(sizes)], outputs, { attributes: { axis: at } });
}

function padded(call: KernelCall): Value {
  const { paddings, constantValue } = attributesOf<tf.PadV2Attrs>(call);
  const [before, after] = [0, 1].map((side) => paddings.map((pair) => pair[side]!));
  return pad(inputOf(call, 'x'), before!, after!, constantValue);
}

function mirrorPadded(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { paddings, mode } = attributesOf<tf.MirrorPadAttrs>(call);
  if (mode === 'reflect') {
    const sides = [0, 1].flatMap((side) => paddings.map((pair) => pair[side]!));
    const shape = x.shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]);
    return nodeValue(
      'Pad',
      [x, int64Value(sides)],
      { shape, type: x.type },
      { attributes: { mode: 'reflect' } },
    );
  }
  // symmetric: the border itself is repeated
  return paddings.reduce((value, [before, after], axis) => {
    const end = value.shape[axis]!;
    const head = reverse(slice(value, [{ axis, from: 0, to: before }]), [axis]);
    const tail = reverse(slice(value, [{ axis, from: end - after, to: end }]), [axis]);
    return concat([...(before > 0 ? [head] : []), value, ...(after > 0 ? [tail] : [])], axis);
  }, x);
}

function tiled(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { reps } = attributesOf<tf.TileAttrs>(call);
  const shape = x.shape.map((extent, axis) => extent * reps[axis]!);
  if (x.shape.every((extent, axis) => extent === 1 || reps[axis] === 1)) return expand(x, shape);
  return nodeValue('Tile', [x, int64Value(reps)], { shape, type: x.type });
}

export const shapes: LoweringTable = {
  Identity: (call) => inputOf(call, 'x'),
  Cast: (call) => cast(inputOf(call, 'x'), attributesOf<{ dtype: 'float32' | 'int32' | 'bool' }>(call).dtype),
  Reshape: reshaped,
  ExpandDims: expandDimensions,
  Transpose: (call) => transpose(inputOf(call, 'x'), attributesOf<tf.TransposeAttrs>(call).perm),
  Reverse: (call) => {
    const x = inputOf(call, 'x');
    return reverse(x, tf.util.parseAxisParam(attributesOf<tf.ReverseAttrs>(call).dims, [...x.shape]));
  },
  Slice: sliced,
  StridedSlice: stridedSlice,
  Concat: concatenated,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  PadV2: padded,
  MirrorPad: mirrorPadded,
  Tile: tiled,
  BroadcastTo: (call) => expand(inputOf(call, 'x'), attributesOf<tf.BroadCastToAttrs>(call).shape),
};
