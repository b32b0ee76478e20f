import * as tf from '@tensorflow/tfjs-core';
import {
  cast,
  compare,
  like,
  multiply,
  pad,
  reduce,
  reshape,
  reverse,
  slice,
  type Reduction,
} from '../ir/emit.js';
import { nodeValue, scalarValue } from '../ir/build.js';
import type { Value } from '../ir/graph.js';
import { attributesOf, inputOf, type KernelCall, type Lowering, type LoweringTable } from './lowering.js';

interface AxisAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

function reduced(call: KernelCall, x: Value, op: Reduction): Value {
  const { axis, reductionIndices, keepDims = false } = attributesOf<AxisAttributes>(call);
  // absent means every axis, which the typings do not admit
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices)!, [...x.shape]);
  return reduce(op, x, axes, keepDims);
}

const numeric =
  (op: Reduction): Lowering =>
  (call) =>
    reduced(call, inputOf(call, 'x'), op);

/** Over booleans, by way of integers. */
const logical =
  (op: Reduction): Lowering =>
  (call) => {
    const count = reduced(call, cast(inputOf(call, 'x'), 'int32'), op);
    return compare('Greater', count, like(count, 0));
  };

/** The first of equal extremes, as tfjs has it. */
const extremeIndex =
  (op: 'ArgMax' | 'ArgMin'): Lowering =>
  (call) => {
    const x = inputOf(call, 'x');
    const { axis } = attributesOf<AxisAttributes>(call);
    const [only = 0] = tf.util.parseAxisParam(axis ?? 0, [...x.shape]);
    const shape = x.shape.filter((_, index) => index !== only);
    const index = nodeValue(op, [x], { shape, type: 'int64' }, { attributes: { axis: only, keepdims: 0 } });
    return cast(index, 'int32');
  };

function cumulativeSum(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { axis, exclusive, reverse } = attributesOf<tf.CumsumAttrs>(call);
  const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
  return nodeValue('CumSum', [x, reshape(scalarValue(axis, 'int32'), [])], x, { attributes });
}

/** ONNX has no such operator: products with copies shifted by 1, 2, 4, … hold twice as many factors each time. */
function cumulativeProduct(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { axis, exclusive, reverse: backwards } = attributesOf<tf.CumprodAttrs>(call);
  const [at = 0] = tf.util.parseAxisParam(axis, [...x.shape]);
  const extent = x.shape[at]!;
  const shifted = (value: Value, by: number): Value => {
    const before = x.shape.map((_, index) => (index === at ? by : 0));
    const kept = slice(value, [{ axis: at, from: 0, to: extent - by }]);
    return pad(kept, before, new Array<number>(x.shape.length).fill(0), 1);
  };
  let product = backwards ? reverse(x, [at]) : x;
  if (exclusive) product = shifted(product, 1);
  for (let by = 1; by < extent; by *= 2) product = multiply(product, shifted(product, by));
  return backwards ? reverse(product, [at]) : product;
}

export const reductions: LoweringTable = {
  Sum: numeric('ReduceSum'),
  Mean: (call) => reduced(call, cast(inputOf(call, 'x'), 'float32'), 'ReduceMean'),
  Max: numeric('ReduceMax'),
  Min: numeric('ReduceMin'),
  Prod: numeric('ReduceProd'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: extremeIndex('ArgMax'),
  ArgMin: extremeIndex('ArgMin'),
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
};
