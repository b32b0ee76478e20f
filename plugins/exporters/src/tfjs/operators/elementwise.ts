import { flag, integer, real, type, type DataType } from '../attributes.js';
import type { NodeDef } from '../graph-writer.js';
import { cannotExport, type Operator } from '../translation.js';

/** Operators that mean the same under another name. */
const sameMeaning: Readonly<Record<string, string>> = {
  Add: 'AddV2',
  Sub: 'Sub',
  Mul: 'Mul',
  Div: 'RealDiv',
  Pow: 'Pow',
  Max: 'Maximum',
  Min: 'Minimum',
  Abs: 'Abs',
  Neg: 'Neg',
  Exp: 'Exp',
  Log: 'Log',
  Sqrt: 'Sqrt',
  Reciprocal: 'Reciprocal',
  Floor: 'Floor',
  Ceil: 'Ceil',
  Round: 'Round',
  Tanh: 'Tanh',
  Sigmoid: 'Sigmoid',
  Erf: 'Erf',
  Relu: 'Relu',
  Elu: 'Elu',
  Selu: 'Selu',
  Softplus: 'Softplus',
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterOrEqual: 'GreaterEqual',
  Less: 'Less',
  LessOrEqual: 'LessEqual',
  And: 'LogicalAnd',
  Or: 'LogicalOr',
  Not: 'LogicalNot',
  Where: 'SelectV2',
};

const logical = new Set(['LogicalAnd', 'LogicalOr', 'LogicalNot']);

function renamed(op: string): Operator {
  return ({ inputs, outputs: [output] }, translation) => {
    const tensors = inputs.map((input) => translation.tensor(input!));
    const attr: NodeDef['attr'] = logical.has(op) ? {} : { T: type(inputs.at(-1)!.type as DataType) };
    translation.define(output!, translation.writer.node(op, tensors, attr));
  };
}

const clip: Operator = ({ inputs: [x, low, high], outputs: [output] }, { writer, tensor, define }) => {
  const T = type(x!.type as DataType);
  const above = writer.node('Maximum', [tensor(x!), tensor(low!)], { T });
  define(output!, writer.node('Minimum', [above, tensor(high!)], { T }));
};

const leakyRelu: Operator = ({ inputs: [x], outputs: [output], attributes }, { writer, tensor, define }) => {
  const { float: alpha } = attributes.alpha as { float: number };
  define(output!, writer.node('LeakyRelu', [tensor(x!)], { T: type('float32'), alpha: real(alpha) }));
};

const cast: Operator = ({ inputs: [x], outputs: [output] }, { writer, tensor, define }) => {
  if (output!.type === 'int64') throw cannotExport('64-bit integers');
  const types = { SrcT: type(x!.type as DataType), DstT: type(output!.type), Truncate: flag(false) };
  define(output!, writer.node('Cast', [tensor(x!)], types));
};

/** Along the last axis, which is the only one that TensorFlow has. */
function normalised(op: string): Operator {
  return ({ inputs: [x], outputs: [output], attributes: { axis } }, { writer, tensor, define }) => {
    if (axis !== x!.shape.length - 1) throw cannotExport(`${op} along axis ${String(axis)}`);
    define(output!, writer.node(op, [tensor(x!)], { T: type('float32') }));
  };
}

const concat: Operator = ({ inputs, outputs: [output], attributes }, { writer, tensor, define }) => {
  const axis = writer.constant(Int32Array.of(attributes.axis as number), []);
  const attr = { N: integer(inputs.length), T: type(output!.type as DataType), Tidx: type('int32') };
  define(output!, writer.node('ConcatV2', [...inputs.map((input) => tensor(input!)), axis], attr));
};

export const elementwise: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(Object.entries(sameMeaning).map(([op, other]) => [op, renamed(other)])),
  Clip: clip,
  LeakyRelu: leakyRelu,
  Cast: cast,
  Softmax: normalised('Softmax'),
  LogSoftmax: normalised('LogSoftmax'),
  Concat: concat,
};
