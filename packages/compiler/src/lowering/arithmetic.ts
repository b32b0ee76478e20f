import { add, cast, compare, divide, elementwise, like, multiply, subtract, where } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { inputList, inputOf, type KernelCall, type Lowering, type LoweringTable } from './lowering.js';

const binary =
  (combine: (a: Value, b: Value) => Value): Lowering =>
  (call) =>
    combine(inputOf(call, 'a'), inputOf(call, 'b'));

const operator = (op: string): Lowering => binary((a, b) => elementwise(op, [a, b]));

/** Towards minus infinity, as tfjs does for integers too. */
function floorDivide(a: Value, b: Value): Value {
  const quotient = elementwise('Floor', [divide(cast(a, 'float32'), cast(b, 'float32'))]);
  return cast(quotient, a.type);
}

/** The remainder has the divisor's sign. */
function modulo(a: Value, b: Value): Value {
  if (a.type !== 'float32') return elementwise('Mod', [a, b]);
  const remainder = (x: Value): Value => elementwise('Mod', [x, b], 'float32', { fmod: 1 });
  return remainder(add(remainder(a), b));
}

function squaredDifference(a: Value, b: Value): Value {
  const difference = subtract(a, b);
  return multiply(difference, difference);
}

/** The angle of the point (b, a), in (-π, π]. */
function arcTangent(a: Value, b: Value): Value {
  const zero = like(a, 0);
  const angle = elementwise('Atan', [divide(a, b)]);
  const halfTurn = where(compare('Less', a, zero), like(a, -Math.PI), like(a, Math.PI));
  const leftHalf = where(compare('Less', b, zero), add(angle, halfTurn), angle);
  const origin = elementwise('And', [compare('Equal', a, zero), compare('Equal', b, zero)]);
  return where(origin, zero, leftHalf);
}

/** Negative slopes of a leaky rectifier given per element. */
function prelu(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  return where(compare('Less', x, like(x, 0)), multiply(x, inputOf(call, 'alpha')), x);
}

export const arithmetic: LoweringTable = {
  Add: operator('Add'),
  AddN: (call) => inputList(call).reduce(add),
  Sub: operator('Sub'),
  Multiply: operator('Mul'),
  RealDiv: operator('Div'),
  FloorDiv: binary(floorDivide),
  Mod: binary(modulo),
  Pow: operator('Pow'),
  Maximum: operator('Max'),
  Minimum: operator('Min'),
  Atan2: binary(arcTangent),
  SquaredDifference: binary(squaredDifference),
  Prelu: prelu,
};
