import * as tf from '@tensorflow/tfjs-core';
import { asPlain, channelsLast, integers, plain, shapeOf, type Value } from '../values.js';
import {
  axisOf,
  input,
  knownOr,
  numberOr,
  type Call,
  type Operator,
  type OperatorTable,
} from './operator.js';

/** Where the axes of NCHW are in NHWC. */
const imageAxes = [0, 3, 1, 2] as const;

const reduction =
  (fn: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor): Operator =>
  (call) => {
    const value = input(call, 0);
    const rank = shapeOf(value).length;
    const given = knownOr(call, 1, 'axes') ?? [];
    if (given.length === 0 && numberOr(call, 'noop_with_empty_axes', 0) === 1) return value;
    const axes = (given.length === 0 ? Array.from({ length: rank }, (_, i) => i) : given).map((axis) =>
      axisOf(call, axis, rank),
    );
    const keep = numberOr(call, 'keepdims', 1) === 1;
    if (value.kind === 'tensor' && value.order === 'channelsLast') {
      const moved = axes.map((axis) => imageAxes[axis]!);
      if (keep) return channelsLast(fn(value.tensor, moved, true));
      // what remains of the image stands in the right order only if it is one thing
      const rest = [0, 1, 2, 3].filter((axis) => !axes.includes(axis));
      if (rest.every((axis) => axis <= 1)) return plain(fn(value.tensor, moved, false));
    }
    return plain(fn(asPlain(value), axes, keep));
  };

function product(call: Call): Value {
  const value = input(call, 0);
  if (value.kind === 'tensor') return plain(tf.prod(asPlain(value)));
  const result = Array.from(value.constant.data).reduce((all, one) => all * one, 1);
  return integers([result], numberOr(call, 'keepdims', 1) === 1 ? [1] : []);
}

export const reductions: OperatorTable = {
  ReduceMean: reduction((x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceSum: reduction((x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMax: reduction((x, axes, keep) => tf.max(x, axes, keep)),
  ReduceMin: reduction((x, axes, keep) => tf.min(x, axes, keep)),
  ReduceL2: reduction((x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep))),
  ReduceSumSquare: reduction((x, axes, keep) => tf.sum(tf.square(x), axes, keep)),
  ReduceProd: product,
};
