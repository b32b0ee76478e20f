import { nodeValue } from '../ir/build.js';
import { reshape } from '../ir/emit.js';
import { madeBy, sameShape, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { elementwiseOperators } from './operator-classes.js';

/**
 * Takes axes of extent 1 from the end of what is combined with a single number, such as the weights of a 1x1
 * convolution. ONNX Runtime walks along the last axis and begins anew for each element where that axis has one only:
 * twenty times slower.
 */
export function flatElementwise(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    if (!isSlow(node)) return undefined;
    const output = node.outputs[0]!;
    const size = sizeOf(output.shape);
    const operands = node.inputs.map((input) =>
      isSingle(input!) ? reshape(input!, []) : flat(input!, size),
    );
    return [reshape(nodeValue(node.op, operands, { shape: [size], type: output.type }, node), output.shape)];
  });
}

function isSlow({ op, domain, inputs, outputs }: Node): boolean {
  const { shape } = outputs[0]!;
  if (domain !== '' || !elementwiseOperators.has(op) || shape.at(-1) !== 1 || sizeOf(shape) === 1)
    return false;
  const values = inputs.filter((input) => input !== undefined);
  return (
    values.length === inputs.length &&
    values.some(isSingle) &&
    values.every((value) => isSingle(value) || sameShape(value.shape, shape))
  );
}

function isSingle({ shape }: Value): boolean {
  return sizeOf(shape) === 1;
}

function flat(value: Value, size: number): Value {
  const before = madeBy(value, 'Reshape')?.inputs[0];
  return before?.shape.length === 1 ? before : reshape(value, [size]);
}
