import * as tf from '@tensorflow/tfjs-core';
import { constantValue, int64Value, nodeValue, nodeValues, typedArray } from '../ir/build.js';
import { cast, compare, matrixProduct, reshape } from '../ir/emit.js';
import { sizeOf, type ElementType, type Value } from '../ir/graph.js';
import { attributesOf, inputOf, unsupported, type KernelCall, type LoweringTable } from './lowering.js';

/** Whether `indices[…]` is k, for each k: `[…, depth]`. ONNX Runtime's OneHot does not take int32 indices. */
function membership(indices: Value, depth: number): Value {
  const classes = constantValue(
    Int32Array.from({ length: depth }, (_, index) => index),
    [depth],
  );
  return compare('Equal', reshape(cast(indices, 'int32'), [...indices.shape, 1]), classes);
}

/** Indices outside the range give a row of `offValue`. */
function oneHot(call: KernelCall): Value {
  const indices = inputOf(call, 'indices');
  const { depth, onValue, offValue, dtype = 'float32' } = attributesOf<tf.OneHotAttrs>(call);
  const hits = membership(indices, depth);
  const type = dtype as ElementType;
  const scalar = (value: number): Value => constantValue(typedArray([value], type), []);
  if (onValue === 1 && offValue === 0) return cast(hits, type);
  return nodeValue('Where', [hits, scalar(onValue), scalar(offValue)], { shape: hits.shape, type });
}

function gather(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const indices = inputOf(call, 'indices');
  const { axis, batchDims } = attributesOf<tf.GatherV2Attrs>(call);
  if (batchDims !== 0) unsupported('gather with batchDims');
  const [at = 0] = tf.util.parseAxisParam(axis, [...x.shape]);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return nodeValue('Gather', [x, indices], { shape, type: x.type }, { attributes: { axis: at } });
}

/** Sums rows that carry the same number: a product with the one-hot matrix of the numbers. */
function segmentSum(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const segmentIds = inputOf(call, 'segmentIds');
  const { numSegments } = attributesOf<tf.UnsortedSegmentSumAttrs>(call);
  const [rows = 1] = x.shape;
  const rest = x.shape.slice(1);
  const rowsOf = cast(membership(segmentIds, numSegments), 'float32');
  const flat = reshape(cast(x, 'float32'), [rows, sizeOf(rest)]);
  return cast(reshape(matrixProduct(rowsOf, flat, true), [numSegments, ...rest]), x.type);
}

function topK(call: KernelCall): readonly Value[] {
  const x = inputOf(call, 'x');
  const { k, sorted } = attributesOf<tf.TopKAttrs>(call);
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = nodeValues(
    'TopK',
    [x, int64Value([k])],
    [
      { shape, type: x.type },
      { shape, type: 'int64' },
    ],
    { attributes: { axis: x.shape.length - 1, sorted: Number(sorted) } },
  );
  return [values!, cast(indices!, 'int32')];
}

export const indexing: LoweringTable = {
  OneHot: oneHot,
  GatherV2: gather,
  UnsortedSegmentSum: segmentSum,
  TopK: topK,
};
