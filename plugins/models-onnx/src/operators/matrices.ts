import * as tf from '@tensorflow/tfjs-core';
import { asPlain, plain, type Value } from '../values.js';
import { input, numberOr, type Call, type OperatorTable } from './operator.js';

/** alpha · A · B + beta · C, either factor turned on request. */
function generalProduct(call: Call): Value {
  const [a, b] = [asPlain(input(call, 0)), asPlain(input(call, 1))] as [tf.Tensor2D, tf.Tensor2D];
  const turned = (name: string): boolean => numberOr(call, name, 0) === 1;
  const product = scaled(tf.matMul(a, b, turned('transA'), turned('transB')), numberOr(call, 'alpha', 1));
  const c = call.inputs[2];
  return plain(c === undefined ? product : tf.add(product, scaled(asPlain(c), numberOr(call, 'beta', 1))));
}

function scaled(x: tf.Tensor, factor: number): tf.Tensor {
  return factor === 1 ? x : tf.mul(x, factor);
}

export const matrices: OperatorTable = {
  Gemm: generalProduct,
  MatMul: (call) => plain(tf.matMul(asPlain(input(call, 0)), asPlain(input(call, 1)))),
};
