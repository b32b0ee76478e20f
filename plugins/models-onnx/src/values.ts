import * as tf from '@tensorflow/tfjs-core';
import type { Constant } from './file/tensor.js';

/**
 * What flows through an imported graph: numbers known while it is traced (shapes, axes, limits), or a tensor. Images
 * are kept NHWC from the first operator that knows what an image is; `order` says so, and shapes and axes of the
 * graph stay those of NCHW.
 */
export type Value =
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'tensor'; readonly tensor: tf.Tensor; readonly order: 'plain' | 'channelsLast' };

export function plain(tensor: tf.Tensor): Value {
  return { kind: 'tensor', tensor, order: 'plain' };
}

export function channelsLast(tensor: tf.Tensor): Value {
  return { kind: 'tensor', tensor, order: 'channelsLast' };
}

export function integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return { kind: 'constant', constant: { shape, data: Float64Array.from(values), integer: true } };
}

/** As the graph sees it: NCHW for images. */
export function shapeOf(value: Value): readonly number[] {
  if (value.kind === 'constant') return value.constant.shape;
  const { shape } = value.tensor;
  return value.order === 'plain' ? shape : [shape[0]!, shape[3]!, shape[1]!, shape[2]!];
}

/** The tensor in the order of the graph. */
export function asPlain(value: Value): tf.Tensor {
  if (value.kind === 'constant') {
    const { data, shape, integer } = value.constant;
    return integer
      ? tf.tensor(Int32Array.from(data), [...shape], 'int32')
      : tf.tensor(data as Float32Array, [...shape], 'float32');
  }
  return value.order === 'plain' ? value.tensor : tf.transpose(value.tensor, [0, 3, 1, 2]);
}

/** Images NHWC. */
export function asImages(value: Value): tf.Tensor4D {
  if (value.kind === 'tensor' && value.order === 'channelsLast') return value.tensor as tf.Tensor4D;
  return tf.transpose(asPlain(value), [0, 2, 3, 1]) as tf.Tensor4D;
}

/** Applies a function that does not mind the order of axes. */
export function mapped(value: Value, fn: (x: tf.Tensor) => tf.Tensor): Value {
  if (value.kind === 'constant') return plain(fn(asPlain(value)));
  return { ...value, tensor: fn(value.tensor) };
}

/**
 * Operands of an elementwise operator in one order: where one of them is an image, all are NHWC. Fewer axes are
 * filled up in front first, as NumPy's rule counts them from the end of NCHW.
 */
export function aligned(values: readonly Value[]): {
  readonly tensors: readonly tf.Tensor[];
  wrap(result: tf.Tensor): Value;
} {
  const image = values.some((value) => value.kind === 'tensor' && value.order === 'channelsLast');
  const fits = values.every((value) => shapeOf(value).length <= 4);
  if (!image || !fits) return { tensors: values.map(asPlain), wrap: plain };
  const tensors = values.map((value) => {
    const shape = shapeOf(value);
    if (shape.reduce((product, extent) => product * extent, 1) === 1) return tf.reshape(asPlain(value), []);
    if (shape.length === 4) return asImages(value);
    const whole = [...new Array<number>(4 - shape.length).fill(1), ...shape];
    return tf.transpose(tf.reshape(asPlain(value), whole), [0, 2, 3, 1]);
  });
  return { tensors, wrap: channelsLast };
}
