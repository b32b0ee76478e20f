import { flag, integer, type, type DataType } from '../attributes.js';
import { cannotExport, type Operator, type Translation } from '../translation.js';
import type { Node, Value } from '@ard/compiler';

/** Extents with -1 for what the number of images decides. */
function openShape(shape: readonly number[], batch: number): readonly number[] {
  const open = shape.map((extent) => (extent > 0 && extent % batch === 0 ? -1 : extent));
  if (open.filter((extent) => extent === -1).length > 1) throw cannotExport('two axes as long as the batch');
  return open;
}

const reshape: Operator = ({ inputs: [x], outputs: [output] }, { writer, batch, tensor, define }) => {
  const shape = writer.integers(openShape(output!.shape, batch));
  const attr = { T: type(x!.type as DataType), Tshape: type('int32') };
  define(output!, writer.node('Reshape', [tensor(x!), shape], attr));
};

const transpose: Operator = ({ inputs: [x], outputs: [output], attributes }, { defineReordered }) =>
  defineReordered(output!, x!, attributes.perm as readonly number[]);

const expand: Operator = ({ inputs: [x], outputs: [output] }, { writer, batch, tensor, define }) => {
  if (openShape(output!.shape, batch).includes(-1)) throw cannotExport('an expansion to the batch');
  define(output!, writer.node('BroadcastTo', [tensor(x!), writer.integers(output!.shape)]));
};

const pad: Operator = ({ inputs, outputs: [output], attributes }, translation) => {
  const [x, , fill] = inputs;
  const { writer, tensor, define } = translation;
  if (attributes.mode !== undefined && attributes.mode !== 'constant') throw cannotExport('mirrored padding');
  const extents = numbers(inputs[1]!, translation);
  const rank = x!.shape.length;
  const pairs = Int32Array.from({ length: 2 * rank }, (_, at) => extents[(at >> 1) + (at % 2) * rank]!);
  const paddings = writer.constant(pairs, [rank, 2]);
  const attr = { T: type(x!.type as DataType), Tpaddings: type('int32') };
  define(output!, writer.node('PadV2', [tensor(x!), paddings, tensor(fill!)], attr));
};

const slice: Operator = (node, translation) => {
  const { writer, tensor, define, batch } = translation;
  const [x] = node.inputs;
  const range = ranges(node, translation);
  const whole = range.map(({ from, to, step }, axis) => {
    const extent = x!.shape[axis]!;
    return step > 0 ? [from === 0, to >= extent] : [from >= extent - 1, to < -extent];
  });
  const cut = whole.findIndex((sides, axis) => x!.shape[axis]! % batch === 0 && sides.includes(false));
  if (cut !== -1) throw cannotExport('a slice of the batch');
  const mask = (side: number): number =>
    whole.reduce((bits, sides, axis) => bits + (sides[side] ? 2 ** axis : 0), 0);
  const parts = (['from', 'to', 'step'] as const).map((part) =>
    // what a mask covers is not read; 0 says no batch
    writer.integers(
      range.map((one, axis) => (part !== 'step' && whole[axis]![part === 'to' ? 1 : 0] ? 0 : one[part])),
    ),
  );
  define(
    node.outputs[0]!,
    writer.node('StridedSlice', [tensor(x!), ...parts], {
      T: type(x!.type as DataType),
      Index: type('int32'),
      begin_mask: integer(mask(0)),
      end_mask: integer(mask(1)),
      ellipsis_mask: integer(0),
      new_axis_mask: integer(0),
      shrink_axis_mask: integer(0),
    }),
  );
};

/** Of every axis of the sliced value. */
function ranges(node: Node, translation: Translation): { from: number; to: number; step: number }[] {
  const [x, ...rest] = node.inputs;
  const [from, to, axes, steps] = rest.map((value) => numbers(value!, translation));
  const all = x!.shape.map((extent) => ({ from: 0, to: extent, step: 1 }));
  axes!.forEach((axis, at) => (all[axis] = { from: from![at]!, to: to![at]!, step: steps![at]! }));
  return all;
}

const reduction =
  (op: string): Operator =>
  (node, translation) => {
    const { writer, tensor, define, batch } = translation;
    const [x, axesInput] = node.inputs;
    const axes = axesInput ? numbers(axesInput, translation) : (node.attributes.axes as readonly number[]);
    if (axes.some((axis) => x!.shape[axis]! % batch === 0)) throw cannotExport('a reduction over the batch');
    const attr = { T: type(x!.type as DataType), keep_dims: flag(node.attributes.keepdims === 1) };
    define(node.outputs[0]!, writer.node(op, [tensor(x!), writer.integers(axes)], attr));
  };

function numbers(value: Value, { known }: Translation): readonly number[] {
  return Array.from(known(value)!.data as BigInt64Array, Number);
}

export const shapes: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
  Pad: pad,
  Slice: slice,
  ReduceMean: reduction('Mean'),
  ReduceSum: reduction('Sum'),
  ReduceMax: reduction('Max'),
  ReduceMin: reduction('Min'),
};
