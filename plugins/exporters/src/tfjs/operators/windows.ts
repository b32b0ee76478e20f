import type { Node, Value } from '@ard/compiler';
import { flag, integers, real, text, type, type AttributeDef } from '../attributes.js';
import { cannotExport, weightTensor, type Operator } from '../translation.js';

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  /** top, left, bottom, right. */
  readonly pads: readonly number[];
}

function windowOf({ attributes }: Node): Window {
  const list = (name: string): readonly number[] => attributes[name] as readonly number[];
  return { kernel: list('kernel_shape'), strides: list('strides'), pads: list('pads') };
}

const around = (pair: readonly number[]): AttributeDef => integers([1, ...pair, 1]);

function isPadded({ pads }: Window): boolean {
  return pads.some((extent) => extent !== 0);
}

/** Whether the padding is what TensorFlow's SAME would be. */
function isSame({ kernel, strides, pads }: Window, image: Value): boolean {
  return [0, 1].every((axis) => {
    const extent = image.shape[axis + 2]!;
    const total = Math.max(
      0,
      (Math.ceil(extent / strides[axis]!) - 1) * strides[axis]! + kernel[axis]! - extent,
    );
    return pads[axis] === Math.floor(total / 2) && pads[axis + 2] === Math.ceil(total / 2);
  });
}

/** Whether no window reaches beyond the padding, as those of sizes rounded up do. */
function isInside({ kernel, strides, pads }: Window, image: Value, output: Value): boolean {
  return [0, 1].every((axis) => {
    const extent = image.shape[axis + 2]! + pads[axis]! + pads[axis + 2]!;
    return (output.shape[axis + 2]! - 1) * strides[axis]! + kernel[axis]! <= extent;
  });
}

const convolution: Operator = (node, translation) => {
  const [x, weight, bias] = node.inputs;
  const { attributes } = node;
  const window = windowOf(node);
  const inputs = x!.shape[1]!;
  const depthwise = attributes.group !== 1;
  if ((depthwise && attributes.group !== inputs) || bias) throw cannotExport('a grouped convolution');
  const { top, left, bottom, right } = Object.fromEntries(
    ['top', 'left', 'bottom', 'right'].map((side, at) => [side, window.pads[at]!]),
  ) as Record<'top' | 'left' | 'bottom' | 'right', number>;
  const attr = {
    T: type('float32'),
    strides: around(window.strides),
    dilations: around((attributes.dilations as readonly number[] | undefined) ?? [1, 1]),
    data_format: text('NHWC'),
    padding: text(isPadded(window) ? 'EXPLICIT' : 'VALID'),
    ...(isPadded(window) ? { explicit_paddings: integers([0, 0, top, bottom, left, right, 0, 0]) } : {}),
  };
  const filter = depthwise
    ? depthwiseFilter(weight!, inputs, translation)
    : weightTensor(weight!, [2, 3, 1, 0], translation);
  const op = depthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
  const images = translation.channelsLast(x!);
  translation.defineChannelsLast(node.outputs[0]!, translation.writer.node(op, [images, filter], attr));
};

/** From `[channels · multiplier, 1, height, width]` to `[height, width, channels, multiplier]`. */
function depthwiseFilter(weight: Value, channels: number, translation: Parameters<Operator>[1]): string {
  const [outputs = 1, , height = 1, width = 1] = weight.shape;
  const split = [channels, outputs / channels, height, width];
  const known = translation.known(weight);
  if (!known) throw cannotExport('a depthwise convolution whose filter is computed');
  const reshaped: Value = { type: 'float32', shape: split, source: { kind: 'constant', data: known.data } };
  return weightTensor(reshaped, [2, 3, 0, 1], translation);
}

const pool =
  (op: 'MaxPool' | 'AvgPool'): Operator =>
  (node, { writer, channelsLast, defineChannelsLast }) => {
    if (node.outputs.length > 1) throw cannotExport('positions of maxima');
    const [x] = node.inputs;
    const window = windowOf(node);
    if (!isInside(window, x!, node.outputs[0]!)) throw cannotExport('a pooling with a size rounded up');
    const same = isPadded(window) && isSame(window, x!);
    if (isPadded(window) && !same && op === 'AvgPool') throw cannotExport('a padded average pooling');
    const [top = 0, left = 0, bottom = 0, right = 0] = window.pads;
    const images = channelsLast(x!);
    const padded = (): string => {
      const pairs = writer.constant(Int32Array.of(0, 0, top, bottom, left, right, 0, 0), [4, 2]);
      const lowest = writer.constant(Float32Array.of(-3.4028234663852886e38), []);
      return writer.node('PadV2', [images, pairs, lowest], { T: type('float32') });
    };
    const pooled = writer.node(op, [isPadded(window) && !same ? padded() : images], {
      T: type('float32'),
      ksize: around(window.kernel),
      strides: around(window.strides),
      padding: text(same ? 'SAME' : 'VALID'),
      data_format: text('NHWC'),
    });
    defineChannelsLast(node.outputs[0]!, pooled);
  };

const batchNormalisation: Operator = (node, { writer, tensor, channelsLast, defineChannelsLast }) => {
  const [x, ...values] = node.inputs;
  if (node.outputs.length > 1) throw cannotExport('batch normalisation in training mode');
  const { float: epsilon } = node.attributes.epsilon as { float: number };
  const attr = {
    T: type('float32'),
    U: type('float32'),
    epsilon: real(epsilon),
    data_format: text('NHWC'),
    is_training: flag(false),
  };
  const inputs = [channelsLast(x!), ...values.map((value) => tensor(value!))];
  defineChannelsLast(node.outputs[0]!, writer.node('FusedBatchNormV3', inputs, attr));
};

export const windows: Readonly<Record<string, Operator>> = {
  Conv: convolution,
  MaxPool: pool('MaxPool'),
  AveragePool: pool('AvgPool'),
  BatchNormalization: batchNormalisation,
};
