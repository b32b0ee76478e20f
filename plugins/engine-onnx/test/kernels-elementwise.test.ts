import * as tf from '@tensorflow/tfjs-core';
import { hostArray } from '@ard/core';
import { integers, noise, uniform, type Case } from './support/agreement.js';
import { kernelSuite } from './support/suite.js';

const x = noise('x', 3, 5);
const positive = uniform('positive', 0.3, 3, 3, 5);
const special = hostArray(Float32Array.of(-Infinity, -2.5, -0, 0, 0.5, 1.5, Infinity, NaN), [8]);
const bools = hostArray(Uint8Array.of(1, 0, 1, 1, 0, 0), [2, 3]);
const otherBools = hostArray(Uint8Array.of(1, 1, 0), [3]);

const unary = (name: string, fn: (x: tf.Tensor) => tf.Tensor, input = x): Case => ({
  name,
  fn: ({ x }) => fn(x!),
  inputs: { x: input },
});

kernelSuite('unary kernels', [
  unary('abs', tf.abs),
  unary('neg', tf.neg),
  unary('exp', tf.exp),
  unary('expm1', tf.expm1),
  unary('log', tf.log, positive),
  unary('log1p', tf.log1p, positive),
  unary('sqrt', tf.sqrt, positive),
  unary('rsqrt', tf.rsqrt, positive),
  unary('square', tf.square),
  unary('reciprocal', tf.reciprocal, positive),
  unary('sin', tf.sin),
  unary('cos', tf.cos),
  unary('tanh', tf.tanh),
  unary('tan', tf.tan, uniform('within', -0.8, 0.8, 3, 5)),
  unary(
    'asin and acos',
    (t) => tf.add(tf.asin(t), tf.mul(2, tf.acos(t))),
    uniform('within', -0.8, 0.8, 3, 5),
  ),
  unary('atan', tf.atan),
  unary('sinh', tf.sinh),
  unary('cosh', tf.cosh),
  unary('asinh', tf.asinh),
  unary('acosh', tf.acosh, uniform('above one', 1.2, 3, 3, 5)),
  unary('atanh', tf.atanh, uniform('within', -0.8, 0.8, 3, 5)),
  unary('sigmoid', tf.sigmoid),
  unary('softplus', tf.softplus),
  unary('erf', tf.erf),
  unary('relu', tf.relu),
  unary('relu6', (t) => tf.relu6(tf.mul(t, 4))),
  unary('leaky relu', (t) => tf.leakyRelu(t, 0.1)),
  unary('elu', tf.elu),
  unary('selu', tf.selu),
  unary('swish', (t) => tf.mul(t, tf.sigmoid(t))),
  unary('clip', (t) => tf.clipByValue(t, -0.5, 0.75)),
  unary('step', (t) => tf.step(t, 0.25)),
]);

const valuesOnly = (name: string, fn: (x: tf.Tensor) => tf.Tensor, input = special): Case => ({
  ...unary(name, fn, input),
  differentiable: [],
});

kernelSuite('unary kernels on infinities, NaN and halves', [
  valuesOnly('sign', tf.sign),
  valuesOnly('floor', tf.floor),
  valuesOnly('ceil', tf.ceil),
  valuesOnly('round, halves to even', tf.round),
  valuesOnly('isNaN', tf.isNaN),
  valuesOnly('isInf', tf.isInf),
  valuesOnly('isFinite', tf.isFinite),
  valuesOnly('relu', tf.relu, hostArray(Float32Array.of(-1, -0, 0, 2, Infinity), [5])),
  valuesOnly('times zero keeps what is not finite', (t) => tf.mul(t, 0)),
  valuesOnly('expm1 of tiny and huge', tf.expm1, hostArray(Float32Array.of(1e-6, -1e-6, 100, -100), [4])),
  valuesOnly('log1p of tiny', tf.log1p, hostArray(Float32Array.of(1e-7, -1e-7, 0), [3])),
]);

const binary = (name: string, fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a = x, b = positive): Case => ({
  name,
  fn: ({ a, b }) => fn(a!, b!),
  inputs: { a, b },
});

kernelSuite('binary kernels', [
  binary('add', tf.add),
  binary('sub', tf.sub),
  binary('mul', tf.mul),
  binary('div', tf.div),
  binary('maximum', tf.maximum),
  binary('minimum', tf.minimum),
  binary('pow', tf.pow, positive, x),
  binary('atan2', tf.atan2, x, noise('beside', 3, 5)),
  {
    ...binary(
      'atan2 on the axes',
      tf.atan2,
      hostArray(Float32Array.of(0, 1, 0, -1, 0, 1, -1), [7]),
      hostArray(Float32Array.of(1, 0, -1, 0, 0, -1, -1), [7]),
    ),
    differentiable: [],
  },
  binary('squaredDifference', tf.squaredDifference),
  binary('prelu', (a, b) => tf.prelu(a, b)),
  binary('add of a row', tf.add, x, noise('row', 5)),
  binary('mul by a column', tf.mul, x, noise('column', 3, 1)),
  binary('div of an outer product', tf.div, noise('column', 3, 1), uniform('row', 1, 2, 1, 5)),
  binary('sub with a scalar', tf.sub, x, noise('scalar')),
  binary('add of a channel vector to images', tf.add, noise('images', 2, 3, 4, 5), noise('vector', 5)),
  binary(
    'mul of images by a number per image',
    tf.mul,
    noise('images', 2, 3, 4, 5),
    noise('each', 2, 1, 1, 1),
  ),
  {
    ...binary(
      'mod',
      tf.mod,
      hostArray(Float32Array.of(-7, 7, -7, 7.5), [4]),
      hostArray(Float32Array.of(3, -3, -3, 2), [4]),
    ),
    differentiable: [],
  },
  {
    ...binary(
      'floorDiv',
      tf.floorDiv,
      hostArray(Float32Array.of(-7, 7, 8), [3]),
      hostArray(Float32Array.of(2, 2, 3), [3]),
    ),
    differentiable: [],
  },
  binary(
    'integer floorDiv',
    tf.floorDiv,
    hostArray(Int32Array.of(-7, 7, 8), [3]),
    hostArray(Int32Array.of(2, 2, 3), [3]),
  ),
  binary('integer add and mul', (a, b) => tf.mul(tf.add(a, b), 3), integers('a', 9, 4), integers('b', 9, 4)),
  { name: 'addN', fn: ({ a, b }) => tf.addN([a!, b!, a!]), inputs: { a: x, b: positive } },
]);

const pairs = { a: integers('p', 3, 4, 3), b: integers('q', 3, 3) };

kernelSuite('comparison and logic', [
  { name: 'equal', fn: ({ a, b }) => tf.equal(a!, b!), inputs: pairs },
  { name: 'notEqual', fn: ({ a, b }) => tf.notEqual(a!, b!), inputs: pairs },
  { name: 'greater', fn: ({ a, b }) => tf.greater(a!, b!), inputs: pairs },
  { name: 'greaterEqual', fn: ({ a, b }) => tf.greaterEqual(a!, b!), inputs: pairs },
  { name: 'less', fn: ({ a, b }) => tf.less(a!, b!), inputs: pairs },
  { name: 'lessEqual', fn: ({ a, b }) => tf.lessEqual(a!, b!), inputs: pairs },
  {
    name: 'and, or, not',
    fn: ({ a, b }) => [tf.logicalAnd(a!, b!), tf.logicalOr(a!, b!), tf.logicalNot(a!)],
    inputs: { a: bools, b: otherBools },
  },
  { name: 'xor', fn: ({ a, b }) => tf.logicalXor(a!, b!), inputs: { a: bools, b: otherBools } },
  {
    name: 'where',
    fn: ({ c, a, b }) => tf.where(c!, a!, b!),
    inputs: { c: bools, a: noise('w', 2, 3), b: noise('v', 1, 3) },
  },
  {
    name: 'where of bools',
    fn: ({ a, b }) => tf.where(a!, a!, tf.logicalNot(tf.logicalAnd(a!, b!))),
    inputs: { a: bools, b: otherBools },
  },
  {
    name: 'cast',
    fn: ({ x }) => [tf.cast(x!, 'int32'), tf.cast(x!, 'bool')],
    inputs: { x: hostArray(Float32Array.of(-1.7, 0, 2.9), [3]) },
    differentiable: [],
  },
  {
    name: 'cast of bool',
    fn: ({ a }) => [tf.cast(a!, 'float32'), tf.cast(a!, 'int32')],
    inputs: { a: bools },
  },
]);
