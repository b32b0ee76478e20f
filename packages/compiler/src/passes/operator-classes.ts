/** Operators that combine corresponding elements of broadcast inputs and do not care about the order of axes. */
export const elementwiseOperators: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Max', 'Min', 'Sum'],
  ...['Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Floor', 'Ceil', 'Round', 'Erf', 'Cast'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
  ...['Sigmoid', 'HardSigmoid', 'Softplus', 'Relu', 'LeakyRelu', 'Elu', 'Selu', 'Clip', 'IsNaN', 'IsInf'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not', 'Where'],
]);
