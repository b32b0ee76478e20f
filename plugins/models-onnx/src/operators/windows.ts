import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, conv2d } from '@ard/nn';
import { Malformed } from '../file/malformed.js';
import { asImages, asPlain, channelsLast, plain, shapeOf, type Value } from '../values.js';
import { input, listOr, numberOr, textOr, type Call, type OperatorTable } from './operator.js';

interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  };
}

/** The window of a convolution or pooling over an image of this size, with what rounding up adds. */
function windowOf(call: Call, kernel: readonly number[], image: readonly number[]): Window {
  const two = (name: string, otherwise: number): [number, number] => {
    const list = listOr(call, name) ?? [otherwise, otherwise];
    if (list.length !== 2 || !list.every((value) => Number.isInteger(value) && value > 0)) {
      throw new Malformed(`${call.node.op} has ${name} [${list.join(', ')}]; images have two axes`);
    }
    return [list[0]!, list[1]!];
  };
  if (kernel.length !== 2)
    throw new Malformed(`${call.node.op} works on ${kernel.length} axes; images have two`);
  const strides = two('strides', 1);
  const dilations = two('dilations', 1);
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const sides = [0, 1].map((axis) =>
    sidePadding(call, axis, { extent: extents[axis]!, stride: strides[axis]!, size: image[axis]! }),
  );
  const [rows, columns] = [sides[0]!, sides[1]!];
  return {
    kernel: [kernel[0]!, kernel[1]!],
    strides,
    dilations,
    padding: { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] },
  };
}

function sidePadding(
  call: Call,
  axis: number,
  { extent, stride, size }: { extent: number; stride: number; size: number },
): readonly [number, number] {
  const auto = textOr(call, 'auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  }
  const pads = listOr(call, 'pads') ?? [0, 0, 0, 0];
  const [before, after] = auto === 'VALID' ? [0, 0] : [pads[axis] ?? 0, pads[axis + 2] ?? 0];
  if (!(before >= 0 && after >= 0)) throw new Malformed(`${call.node.op} has negative padding`);
  if (numberOr(call, 'ceil_mode', 0) === 0) return [before, after];
  const outputs = Math.ceil((size + before + after - extent) / stride) + 1;
  // a last window that begins in the padding does not count
  const used = (outputs - 1) * stride >= size + before ? outputs - 1 : outputs;
  return [before, Math.max(after, (used - 1) * stride + extent - size - before)];
}

function imageOf(call: Call): { readonly images: tf.Tensor4D; readonly size: readonly number[] } {
  const value = input(call, 0);
  const shape = shapeOf(value);
  if (shape.length !== 4)
    throw new Malformed(`${call.node.op} works on ${shape.length - 2} axes; images have two`);
  return { images: asImages(value), size: shape.slice(2) };
}

function explicit({ padding: { top, bottom, left, right } }: Window): tf.backend_util.ExplicitPadding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

function convolution(call: Call): Value {
  const { images, size } = imageOf(call);
  const weights = asPlain(input(call, 1)) as tf.Tensor4D;
  const window = windowOf(call, weights.shape.slice(2), size);
  const groups = numberOr(call, 'group', 1);
  if (weights.shape[1] * groups !== images.shape[3]) {
    throw new Malformed(`Conv has weights [${weights.shape.join(', ')}] for ${images.shape[3]} channels`);
  }
  const { strides, padding } = window;
  const filters = spread(weights, window.dilations);
  const square = strides[0] === strides[1];
  if (!square && groups !== 1) throw new Malformed('Conv has groups with unequal strides');
  const y = square
    ? conv2d(images, filters, { stride: strides[0], padding, groups })
    : tf.conv2d(images, tf.transpose(filters, [2, 3, 1, 0]), [...strides], explicit(window));
  const bias = call.inputs[2];
  return channelsLast(bias === undefined ? y : tf.add(y, asPlain(bias)));
}

/** Dilated filters with the zeros written out: tfjs has no gradient of dilated convolutions. */
function spread(weights: tf.Tensor4D, [rows, columns]: readonly [number, number]): tf.Tensor4D {
  if (rows === 1 && columns === 1) return weights;
  const [outputs, inputs, height, width] = weights.shape;
  const count = outputs * inputs;
  const apart = (
    x: tf.Tensor,
    before: number,
    extent: number,
    after: number,
    dilation: number,
  ): tf.Tensor => {
    const padded = tf.pad(tf.reshape(x, [before * extent, 1, after]), [
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    const size = (extent - 1) * dilation + 1;
    return tf.slice(tf.reshape(padded, [before, extent * dilation, after]), [0, 0, 0], [before, size, after]);
  };
  const tall = apart(weights, count, height, width, rows);
  const newHeight = (height - 1) * rows + 1;
  const whole = apart(tall, count * newHeight, width, 1, columns);
  return tf.reshape(whole, [outputs, inputs, newHeight, (width - 1) * columns + 1]);
}

function maxPool(call: Call): Value {
  const { images, size } = imageOf(call);
  const window = windowOf(call, listOr(call, 'kernel_shape') ?? [], size);
  refuseDilation(call, window);
  return channelsLast(tf.maxPool(images, [...window.kernel], [...window.strides], explicit(window) as never));
}

function averagePool(call: Call): Value {
  const { images, size } = imageOf(call);
  const window = windowOf(call, listOr(call, 'kernel_shape') ?? [], size);
  refuseDilation(call, window);
  const { top, bottom, left, right } = window.padding;
  const counted = numberOr(call, 'count_include_pad', 0) === 1 && top + bottom + left + right > 0;
  if (counted && numberOr(call, 'ceil_mode', 0) === 1)
    throw new Malformed('AveragePool counts padding and rounds up');
  const padded = counted
    ? tf.pad4d(
        images,
        explicit(window) as [[number, number], [number, number], [number, number], [number, number]],
      )
    : images;
  const padding = counted ? 'valid' : (explicit(window) as never);
  return channelsLast(tf.avgPool(padded, [...window.kernel], [...window.strides], padding));
}

function refuseDilation(call: Call, { dilations }: Window): void {
  if (dilations.some((dilation) => dilation !== 1)) throw new Malformed(`${call.node.op} with dilation`);
}

/** With the running statistics: an imported network is not trained. */
function normalisation(call: Call): Value {
  const x = input(call, 0);
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map(
    (index) => asPlain(input(call, index)) as tf.Tensor1D,
  );
  const epsilon = numberOr(call, 'epsilon', 1e-5);
  if (shapeOf(x).length !== 4) {
    const slope = tf.div(weight!, tf.sqrt(tf.add(variance!, epsilon)));
    const shift = tf.sub(bias!, tf.mul(mean!, slope));
    const rank = shapeOf(x).length;
    const shape = [1, -1, ...new Array<number>(Math.max(0, rank - 2)).fill(1)];
    return plain(tf.add(tf.mul(asPlain(x), tf.reshape(slope, shape)), tf.reshape(shift, shape)));
  }
  // batchNorm adds PyTorch's epsilon; the rest of another one goes into the variance
  const usual = 1e-5;
  const same = Math.abs(epsilon - usual) < 1e-10;
  const { y } = batchNorm(
    asImages(x),
    {
      weight: weight!,
      bias: bias!,
      running_mean: mean!,
      running_var: same ? variance! : tf.add(variance!, epsilon - usual),
      num_batches_tracked: tf.scalar(0),
    },
    'eval',
  );
  return channelsLast(y);
}

/** Over the axes from one on to the last, then scaled and shifted. */
function layerNormalisation(call: Call): Value {
  const x = asPlain(input(call, 0));
  const given = numberOr(call, 'axis', -1);
  const first = given < 0 ? given + x.rank : given;
  const axes = Array.from({ length: x.rank - first }, (_, index) => first + index);
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  const y = tf.mul(
    tf.div(centred, tf.sqrt(tf.add(variance, numberOr(call, 'epsilon', 1e-5)))),
    asPlain(input(call, 1)),
  );
  const bias = call.inputs[2];
  return plain(bias === undefined ? y : tf.add(y, asPlain(bias)));
}

function instanceNormalisation(call: Call): Value {
  const x = asImages(input(call, 0));
  const centred = tf.sub(x, tf.mean(x, [1, 2], true));
  const variance = tf.mean(tf.square(centred), [1, 2], true);
  const y = tf.div(centred, tf.sqrt(tf.add(variance, numberOr(call, 'epsilon', 1e-5))));
  return channelsLast(tf.add(tf.mul(y, asPlain(input(call, 1))), asPlain(input(call, 2))));
}

export const windows: OperatorTable = {
  Conv: convolution,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (call) => channelsLast(tf.mean(imageOf(call).images, [1, 2], true)),
  GlobalMaxPool: (call) => channelsLast(tf.max(imageOf(call).images, [1, 2], true)),
  BatchNormalization: normalisation,
  InstanceNormalization: instanceNormalisation,
  LayerNormalization: layerNormalisation,
};
