import * as tf from '@tensorflow/tfjs-core';
import { nodeValue } from '../ir/build.js';
import { matrixProduct } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { attributesOf, inputOf, type Lowering, type LoweringTable } from './lowering.js';

const normalised =
  (
    op: 'Softmax' | 'LogSoftmax',
    axisOf: (attributes: { dim?: number; axis?: number }) => number | undefined,
  ): Lowering =>
  (call): Value => {
    const logits = inputOf(call, 'logits');
    const axis = axisOf(attributesOf(call)) ?? -1;
    const [at = 0] = tf.util.parseAxisParam(axis, [...logits.shape]);
    return nodeValue(op, [logits], logits, { attributes: { axis: at } });
  };

export const matrices: LoweringTable = {
  BatchMatMul: (call) => {
    const { transposeA, transposeB } = attributesOf<tf.BatchMatMulAttrs>(call);
    return matrixProduct(inputOf(call, 'a'), inputOf(call, 'b'), transposeA, transposeB);
  },
  Softmax: normalised('Softmax', ({ dim }) => dim),
  LogSoftmax: normalised('LogSoftmax', ({ axis }) => axis),
};
