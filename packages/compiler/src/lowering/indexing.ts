import * as tf from '@tensorflow/tfjs-core';
import { constantValue, int64Value, nodeValue, nodeValues, scalarValue, typedArray } from '../ir/build.js';
import { cast, compare, expand, matrixProduct, multiply, reshape } from '../ir/emit.js';
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
  const [at = 0] = tf.util.parseAxisParam(axis, [...x.shape]);
  if (batchDims !== 0) return batchedGather(x, indices, at, batchDims);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return nodeValue('Gather', [x, indices], { shape, type: x.type }, { attributes: { axis: at } });
}

/** For each element of the leading axes its own selection, such as one logit of each example. */
function batchedGather(x: Value, indices: Value, axis: number, batchDims: number): Value {
  if (axis !== batchDims) unsupported('gather along an axis that does not follow its batchDims');
  const shape = [...indices.shape, ...x.shape.slice(axis + 1)];
  const rows = reshape(cast(indices, 'int64'), [...indices.shape, 1]);
  return nodeValue('GatherND', [x, rows], { shape, type: x.type }, { attributes: { batch_dims: batchDims } });
}

/** Elements or slices whose leading indices stand in the last axis. */
function gatherNd(call: KernelCall): Value {
  const x = inputOf(call, 'params');
  const indices = inputOf(call, 'indices');
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(indices.shape.at(-1))];
  return nodeValue('GatherND', [x, cast(indices, 'int64')], { shape, type: x.type });
}

/** Zeros with updates added where the indices say; those for the same place add up. */
function scatterNd(call: KernelCall): Value {
  const indices = inputOf(call, 'indices');
  const updates = inputOf(call, 'updates');
  const { shape } = attributesOf<tf.ScatterNdAttrs>(call);
  const zeros = expand(scalarValue(0, updates.type), shape);
  return nodeValue(
    'ScatterND',
    [zeros, cast(indices, 'int64'), updates],
    { shape, type: updates.type },
    { attributes: { reduction: 'add' } },
  );
}

/** Values on the diagonal of an array of twice the rank. */
function diagonal(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const size = sizeOf(x.shape);
  const identity = Float32Array.from({ length: size * size }, (_, index) => Number(index % (size + 1) === 0));
  const rows = multiply(reshape(x, [size, 1]), cast(constantValue(identity, [size, size]), x.type));
  return reshape(rows, [...x.shape, ...x.shape]);
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
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  Diag: diagonal,
  UnsortedSegmentSum: segmentSum,
  TopK: topK,
};
