import { cast, elementwise, where } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { inputOf, type KernelCall, type Lowering, type LoweringTable } from './lowering.js';

const comparison =
  (op: string, negate = false): Lowering =>
  (call) => {
    const result = elementwise(op, [inputOf(call, 'a'), inputOf(call, 'b')], 'bool');
    return negate ? elementwise('Not', [result]) : result;
  };

/** Comparing orders needs numbers; ONNX has no order on bool. */
const ordering =
  (op: string): Lowering =>
  (call) => {
    const [a, b] = (['a', 'b'] as const).map((name) => {
      const value = inputOf(call, name);
      return value.type === 'bool' ? cast(value, 'int32') : value;
    });
    return elementwise(op, [a!, b!], 'bool');
  };

function select(call: KernelCall): Value {
  const condition = inputOf(call, 'condition');
  const a = inputOf(call, 't');
  const b = inputOf(call, 'e');
  if (a.type !== 'bool') return where(condition, a, b);
  return cast(where(condition, cast(a, 'int32'), cast(b, 'int32')), 'bool');
}

export const comparisons: LoweringTable = {
  Equal: comparison('Equal'),
  NotEqual: comparison('Equal', true),
  Greater: ordering('Greater'),
  GreaterEqual: ordering('GreaterOrEqual'),
  Less: ordering('Less'),
  LessEqual: ordering('LessOrEqual'),
  LogicalAnd: comparison('And'),
  LogicalOr: comparison('Or'),
  LogicalNot: (call) => elementwise('Not', [inputOf(call, 'x')]),
  Select: select,
};
