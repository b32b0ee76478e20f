import type { ClipByValueAttrs, LeakyReluAttrs, StepAttrs } from '@tensorflow/tfjs-core';
import { add, cast, compare, divide, elementwise, like, multiply, subtract, where } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { attributesOf, inputOf, type KernelCall, type Lowering, type LoweringTable } from './lowering.js';

const unary =
  (compute: (x: Value) => Value): Lowering =>
  (call) =>
    compute(inputOf(call, 'x'));

const operator = (op: string): Lowering => unary((x) => elementwise(op, [x]));

/** Not ONNX's Sign, which ONNX Runtime runs on one thread; 0 for NaN, as tfjs has it. */
function sign(x: Value): Value {
  const zero = like(x, 0);
  return subtract(cast(compare('Greater', x, zero), x.type), cast(compare('Less', x, zero), x.type));
}

/** exp(x) - 1 without cancellation near 0 (Kahan's identity). */
function expm1(x: Value): Value {
  const one = like(x, 1);
  const power = elementwise('Exp', [x]);
  const less = subtract(power, one);
  const corrected = multiply(less, divide(x, elementwise('Log', [power])));
  const plain = elementwise('Or', [
    compare('Equal', less, like(x, -1)),
    compare('Greater', x, like(x, 80)), // where exp overflows, the quotient would be NaN
  ]);
  return where(compare('Equal', power, one), x, where(plain, less, corrected));
}

/** log(1 + x) without cancellation near 0 (Kahan's identity). */
function log1p(x: Value): Value {
  const one = like(x, 1);
  const sum = add(x, one);
  const corrected = multiply(elementwise('Log', [sum]), divide(x, subtract(sum, one)));
  return where(compare('Equal', sum, one), x, corrected);
}

function clip(x: Value, low: number, high: number): Value {
  return elementwise('Clip', [x, like(x, low), like(x, high)]);
}

function step(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { alpha } = attributesOf<StepAttrs>(call);
  const positive = cast(compare('Greater', x, like(x, 0)), 'float32');
  if (!alpha) return positive;
  return add(positive, multiply(subtract(like(positive, 1), positive), like(positive, alpha)));
}

function leakyRelu(call: KernelCall): Value {
  const { alpha } = attributesOf<LeakyReluAttrs>(call);
  return elementwise('LeakyRelu', [inputOf(call, 'x')], 'float32', { alpha: { float: alpha } });
}

/** dy where y >= 0, else dy · (y + 1). */
function eluGradient(call: KernelCall): Value {
  const dy = inputOf(call, 'dy');
  const y = inputOf(call, 'y');
  const slope = elementwise('Min', [add(y, like(y, 1)), like(y, 1)]);
  return multiply(dy, slope);
}

/** ONNX knows finiteness only through infinity and NaN. */
function isFinite(x: Value): Value {
  const difference = subtract(x, x);
  return compare('Equal', difference, like(difference, 0));
}

export const unaryKernels: LoweringTable = {
  Abs: operator('Abs'),
  Neg: operator('Neg'),
  Exp: operator('Exp'),
  Expm1: unary(expm1),
  Log: operator('Log'),
  Log1p: unary(log1p),
  Sqrt: operator('Sqrt'),
  Rsqrt: unary((x) => elementwise('Reciprocal', [elementwise('Sqrt', [x])])),
  Square: unary((x) => multiply(x, x)),
  Reciprocal: operator('Reciprocal'),
  Sign: unary(sign),
  Floor: operator('Floor'),
  Ceil: operator('Ceil'),
  Round: operator('Round'),
  Sin: operator('Sin'),
  Cos: operator('Cos'),
  Tan: operator('Tan'),
  Asin: operator('Asin'),
  Acos: operator('Acos'),
  Atan: operator('Atan'),
  Sinh: operator('Sinh'),
  Cosh: operator('Cosh'),
  Tanh: operator('Tanh'),
  Asinh: operator('Asinh'),
  Acosh: operator('Acosh'),
  Atanh: operator('Atanh'),
  Erf: operator('Erf'),
  Sigmoid: operator('Sigmoid'),
  Softplus: operator('Softplus'),
  Relu: operator('Relu'),
  Relu6: unary((x) => clip(x, 0, 6)),
  LeakyRelu: leakyRelu,
  Elu: operator('Elu'),
  EluGrad: eluGradient,
  Selu: operator('Selu'),
  Step: step,
  ClipByValue: (call) => {
    const { clipValueMin, clipValueMax } = attributesOf<ClipByValueAttrs>(call);
    return clip(inputOf(call, 'x'), clipValueMin, clipValueMax);
  },
  IsNan: unary((x) => elementwise('IsNaN', [x], 'bool')),
  IsInf: unary((x) => elementwise('IsInf', [x], 'bool')),
  IsFinite: unary(isFinite),
};
