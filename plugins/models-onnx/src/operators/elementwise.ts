import * as tf from '@tensorflow/tfjs-core';
import { Malformed } from '../file/malformed.js';
import { aligned, asPlain, integers, mapped, plain, shapeOf, type Value } from '../values.js';
import {
  axisOf,
  input,
  known,
  numberOr,
  textOr,
  type Call,
  type Operator,
  type OperatorTable,
} from './operator.js';

const unary =
  (fn: (x: tf.Tensor, call: Call) => tf.Tensor): Operator =>
  (call) =>
    mapped(input(call, 0), (x) => fn(x, call));

/** Two or more operands; numbers known beforehand stay known. */
const joint =
  (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, numbers: (a: number, b: number) => number): Operator =>
  (call) => {
    const operands = call.inputs.map((_, index) => input(call, index));
    return operands.reduce((left, right) => pair(left, right, fn, numbers));
  };

function pair(
  left: Value,
  right: Value,
  fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  numbers: (a: number, b: number) => number,
): Value {
  if (left.kind === 'constant' && right.kind === 'constant') {
    const [a, b] = [left.constant, right.constant];
    const longer = a.data.length >= b.data.length ? a : b;
    if (
      a.integer &&
      b.integer &&
      [a, b].every(({ data }) => data.length === longer.data.length || data.length === 1)
    ) {
      const at = (data: ArrayLike<number>, index: number): number => data[data.length === 1 ? 0 : index]!;
      const values = Array.from(longer.data, (_, index) => numbers(at(a.data, index), at(b.data, index)));
      return integers(values, longer.shape);
    }
  }
  const { tensors, wrap } = aligned([left, right]);
  return wrap(fn(tensors[0]!, tensors[1]!));
}

function clip(call: Call): Value {
  const limit = (index: number, name: string, otherwise: number): number => {
    const value = call.inputs[index];
    return value === undefined ? numberOr(call, name, otherwise) : known(call, value).data[0]!;
  };
  // float32's range: clipByValue writes its limits into graphs
  const lowest = Math.max(limit(1, 'min', -Infinity), -3.4e38);
  const highest = Math.min(limit(2, 'max', Infinity), 3.4e38);
  return mapped(input(call, 0), (x) => tf.clipByValue(x, lowest, highest));
}

function power(call: Call): Value {
  const exponent = input(call, 1);
  const fixed =
    exponent.kind === 'constant' && exponent.constant.data.length === 1
      ? exponent.constant.data[0]
      : undefined;
  // x·x has a gradient at 0, which exp(2·ln x) has not
  if (fixed === 2) return mapped(input(call, 0), (x) => tf.square(x));
  if (fixed === 0.5) return mapped(input(call, 0), (x) => tf.sqrt(x));
  const { tensors, wrap } = aligned([input(call, 0), exponent]);
  return wrap(tf.pow(tensors[0]!, tf.cast(tensors[1]!, 'float32')));
}

function pRelu(call: Call): Value {
  const { tensors, wrap } = aligned([input(call, 0), input(call, 1)]);
  const [x, slope] = [tensors[0]!, tensors[1]!];
  return wrap(tf.sub(tf.relu(x), tf.mul(slope, tf.relu(tf.neg(x)))));
}

function elu(x: tf.Tensor, call: Call): tf.Tensor {
  const alpha = numberOr(call, 'alpha', 1);
  // elu is x above 0, where the other two terms are 0
  return alpha === 1 ? tf.elu(x) : tf.add(tf.relu(x), tf.mul(alpha, tf.sub(tf.elu(x), tf.relu(x))));
}

const hardSigmoid = (x: tf.Tensor, alpha: number, beta: number): tf.Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);

function gelu(x: tf.Tensor, call: Call): tf.Tensor {
  const inner =
    textOr(call, 'approximate', 'none') === 'tanh'
      ? tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x))))))
      : tf.erf(tf.mul(x, Math.SQRT1_2));
  return tf.mul(tf.mul(0.5, x), tf.add(1, inner));
}

/** Constants stay constants, so that shapes can be computed with; images are floats whatever they are cast to. */
function cast(call: Call): Value {
  const value = input(call, 0);
  const to = numberOr(call, 'to', 1);
  const toInteger = [2, 3, 6, 7, 9].includes(to);
  if (value.kind === 'constant') {
    const { data, shape } = value.constant;
    if (toInteger) return integers(Array.from(data, to === 9 ? (x) => Number(x !== 0) : Math.trunc), shape);
    return { kind: 'constant', constant: { shape, data: Float32Array.from(data), integer: false } };
  }
  if (toInteger) throw new Malformed('Cast makes integers of pixels');
  return mapped(value, (x) => tf.cast(x, 'float32'));
}

/** Weights of 8 bits; numbers of a file, so that gradients by the images pass through what is computed with them. */
function dequantised(call: Call): Value {
  const values = known(call, input(call, 0));
  const scale = asPlain(input(call, 1));
  const zero = call.inputs[2] === undefined ? undefined : known(call, input(call, 2));
  if (numberOr(call, 'block_size', 0) !== 0) throw new Malformed('DequantizeLinear has blocks');
  const shape = values.shape.map(() => 1);
  if (scale.size > 1) {
    const axis = axisOf(call, numberOr(call, 'axis', 1), shape.length);
    shape[axis] = scale.size;
  }
  const whole = tf.tensor(Float32Array.from(values.data), [...values.shape], 'float32');
  const shifted =
    zero === undefined || zero.data.every((value) => value === 0)
      ? whole
      : tf.sub(whole, tf.reshape(tf.tensor(Float32Array.from(zero.data)), shape));
  return plain(tf.mul(shifted, tf.reshape(scale, shape)));
}

/** What stays as it is when a network is not trained. */
const same: Operator = (call) => input(call, 0);

export const elementwise: OperatorTable = {
  Relu: unary((x) => tf.relu(x)),
  LeakyRelu: unary((x, call) => tf.leakyRelu(x, numberOr(call, 'alpha', 0.01))),
  Elu: unary(elu),
  Selu: unary((x) => tf.selu(x)),
  PRelu: pRelu,
  Sigmoid: unary((x) => tf.sigmoid(x)),
  HardSigmoid: unary((x, call) => hardSigmoid(x, numberOr(call, 'alpha', 0.2), numberOr(call, 'beta', 0.5))),
  HardSwish: unary((x) => tf.mul(x, hardSigmoid(x, 1 / 6, 0.5))),
  Tanh: unary((x) => tf.tanh(x)),
  Softplus: unary((x) => tf.softplus(x)),
  Softsign: unary((x) => tf.div(x, tf.add(1, tf.abs(x)))),
  Mish: unary((x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  Erf: unary((x) => tf.erf(x)),
  Gelu: unary(gelu),
  Exp: unary((x) => tf.exp(x)),
  Log: unary((x) => tf.log(x)),
  Sqrt: unary((x) => tf.sqrt(x)),
  Abs: unary((x) => tf.abs(x)),
  Neg: unary((x) => tf.neg(x)),
  Reciprocal: unary((x) => tf.reciprocal(x)),
  Clip: clip,
  Pow: power,
  Cast: cast,
  DequantizeLinear: dequantised,
  Identity: same,
  Dropout: same,
  Add: joint(
    (a, b) => tf.add(a, b),
    (a, b) => a + b,
  ),
  Sum: joint(
    (a, b) => tf.add(a, b),
    (a, b) => a + b,
  ),
  Sub: joint(
    (a, b) => tf.sub(a, b),
    (a, b) => a - b,
  ),
  Mul: joint(
    (a, b) => tf.mul(a, b),
    (a, b) => a * b,
  ),
  Div: joint(
    (a, b) => tf.div(a, b),
    (a, b) => Math.trunc(a / b),
  ),
  Max: joint((a, b) => tf.maximum(a, b), Math.max),
  Min: joint((a, b) => tf.minimum(a, b), Math.min),
  Equal: (call) => {
    const [a, b] = [known(call, input(call, 0)), known(call, input(call, 1))];
    return integers(
      Array.from(a.data, (value, i) => Number(value === b.data[b.data.length === 1 ? 0 : i])),
      a.shape,
    );
  },
  Where: (call) => {
    const [condition, a, b] = [0, 1, 2].map((index) => known(call, input(call, index)));
    const pick = (data: ArrayLike<number>, i: number): number => data[data.length === 1 ? 0 : i]!;
    return integers(
      Array.from(condition!.data, (value, i) => pick((value ? a! : b!).data, i)),
      condition!.shape,
    );
  },
  Shape: (call) => {
    const shape = shapeOf(input(call, 0));
    const end = call.node.attributes['end'];
    return integers(shape.slice(numberOr(call, 'start', 0), typeof end === 'number' ? end : undefined));
  },
  Constant: ({ node: { attributes } }) => {
    const { value, value_float: float, value_int: int, value_ints: ints, value_floats: floats } = attributes;
    if (typeof value === 'object' && 'data' in value) return { kind: 'constant', constant: value };
    if (typeof int === 'number') return integers([int], []);
    if (Array.isArray(ints)) return integers(ints as number[]);
    const data =
      typeof float === 'number' ? [float] : Array.isArray(floats) ? (floats as number[]) : undefined;
    if (data === undefined) throw new Malformed('Constant holds no numbers');
    const shape = typeof float === 'number' ? [] : [data.length];
    return { kind: 'constant', constant: { shape, data: Float32Array.from(data), integer: false } };
  },
  ConstantOfShape: (call) => {
    const shape = Array.from(known(call, input(call, 0)).data);
    const { value } = call.node.attributes;
    const fill = typeof value === 'object' && 'data' in value ? value : undefined;
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (!(size >= 0 && size <= 2 ** 24)) throw new Malformed('ConstantOfShape has an impossible shape');
    const values = new Array<number>(size).fill(fill?.data[0] ?? 0);
    if (fill?.integer) return integers(values, shape);
    return { kind: 'constant', constant: { shape, data: Float32Array.from(values), integer: false } };
  },
  Softmax: (call) => softmaxOf(call, (x, axis) => tf.softmax(x, axis)),
  LogSoftmax: (call) => softmaxOf(call, (x, axis) => tf.logSoftmax(x, axis)),
};

/** tfjs has it over the last axis. */
function softmaxOf(call: Call, fn: (x: tf.Tensor, axis: number) => tf.Tensor): Value {
  const x = asPlain(input(call, 0));
  const given = numberOr(call, 'axis', call.operatorSet >= 13 ? -1 : 1);
  const axis = given < 0 ? given + x.rank : given;
  if (call.operatorSet < 13 && axis !== x.rank - 1) throw new Malformed(`${call.node.op} over several axes`);
  const order = Array.from({ length: x.rank }, (_, i) => i).filter((i) => i !== axis);
  order.push(axis);
  const back = order.map((_, i) => order.indexOf(i));
  return {
    kind: 'tensor',
    order: 'plain',
    tensor: tf.transpose(fn(tf.transpose(x, order), x.rank - 1), back),
  };
}
