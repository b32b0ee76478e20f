import { matrixProduct, transpose } from '../ir/emit.js';
import type { Graph, Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';

/**
 * Writes products of transposed matrices with operators of standard ONNX, for providers that lack ONNX Runtime's
 * own operator and would have to leave the device for it.
 */
export function unfuseMatrixProducts(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    if (node.op !== 'FusedMatMul') return undefined;
    const [a, b] = node.inputs as [Value, Value];
    const { transA, transB } = node.attributes;
    return [matrixProduct(transA === 1 ? turned(a) : a, transB === 1 ? turned(b) : b)];
  });
}

/** The last two axes exchanged. */
function turned(value: Value): Value {
  const rank = value.shape.length;
  return transpose(value, [...value.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}
