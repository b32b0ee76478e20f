import type { Node, Value } from '@ard/compiler';
import { ArdError } from '@ard/core';
import type { GraphWriter } from './graph-writer.js';
import { transposed, type KnownValue } from './known-values.js';

const channelsFirstOrder = [0, 3, 1, 2];
const channelsLastOrder = [0, 2, 3, 1];

/** A value is the tensor, its axes reordered; the reordering is written only where somebody needs it. */
interface Placed {
  readonly tensor: string;
  readonly order?: readonly number[];
}

/** What is written so far, for the operators to come. */
export interface Translation {
  readonly writer: GraphWriter;
  /** Extent that stands for any number of images. */
  readonly batch: number;
  known(value: Value): KnownValue | undefined;
  tensor(value: Value): string;
  /** The tensor of an NCHW value in NHWC. */
  channelsLast(value: Value): string;
  define(value: Value, tensor: string): void;
  /** The tensor is the value in NHWC. */
  defineChannelsLast(value: Value, tensor: string): void;
  /** The value is another with its axes reordered. */
  defineReordered(value: Value, of: Value, order: readonly number[]): void;
}

/** Writes one operator. */
export type Operator = (node: Node, translation: Translation) => void;

export function createTranslation(
  writer: GraphWriter,
  batch: number,
  known: Translation['known'],
): Translation {
  const places = new Map<Value, Placed>();
  const place = (value: Value): Placed => {
    const existing = places.get(value);
    if (existing) return existing;
    const constant = known(value);
    if (!constant) throw new Error('a value is used before it is computed');
    if (constant.shape.some((extent) => extent > 0 && extent % batch === 0)) {
      throw cannotExport('a constant as long as the batch');
    }
    const placed = { tensor: writer.constant(constant.data, constant.shape, constant.name) };
    places.set(value, placed);
    return placed;
  };
  const reordered = (tensor: string, order: readonly number[]): string =>
    isIdentity(order) ? tensor : writer.node('Transpose', [tensor, writer.integers(order)]);
  const inOrder = (value: Value, order: readonly number[]): string => {
    const { tensor, order: own = order.map((_, axis) => axis) } = place(value);
    return reordered(
      tensor,
      order.map((axis) => own[axis]!),
    );
  };
  return {
    writer,
    batch,
    known,
    tensor: (value) =>
      inOrder(
        value,
        value.shape.map((_, axis) => axis),
      ),
    channelsLast: (value) => inOrder(value, channelsLastOrder),
    define: (value, tensor) => places.set(value, { tensor }),
    defineChannelsLast: (value, tensor) => places.set(value, { tensor, order: channelsFirstOrder }),
    defineReordered(value, of, order) {
      const { tensor, order: own = order.map((_, axis) => axis) } = place(of);
      places.set(value, { tensor, order: order.map((axis) => own[axis]!) });
    },
  };
}

/** A weight in TensorFlow's order of axes: turned here where it is known, else where the model runs. */
export function weightTensor(value: Value, order: readonly number[], translation: Translation): string {
  const known = translation.known(value);
  const { writer } = translation;
  if (!known) return writer.node('Transpose', [translation.tensor(value), writer.integers(order)]);
  const { data, shape, name } = transposed(known, order);
  return writer.constant(data, shape, name);
}

export function cannotExport(what: string): ArdError {
  return new ArdError(`A tfjs graph model cannot hold ${what} of this network.`, {
    remedy: 'Export it with --format onnx.',
  });
}

function isIdentity(order: readonly number[]): boolean {
  return order.every((axis, index) => axis === index);
}
