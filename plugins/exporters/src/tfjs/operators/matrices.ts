import { flag, type } from '../attributes.js';
import { cannotExport, type Operator } from '../translation.js';

/** ONNX's Gemm and MatMul, and ONNX Runtime's FusedMatMul, of the compiler's own graphs: without scale or addend. */
const product: Operator = ({ inputs, outputs: [output], attributes }, { writer, tensor, define }) => {
  if (inputs.length > 2) throw cannotExport('a matrix product with an addend');
  const [a, b] = inputs.map((input) => tensor(input!));
  const turned = [attributes.transA === 1, attributes.transB === 1].map(flag);
  const flat = output!.shape.length === 2;
  const names = flat ? ['transpose_a', 'transpose_b'] : ['adj_x', 'adj_y'];
  const attr = { T: type('float32'), [names[0]!]: turned[0]!, [names[1]!]: turned[1]! };
  define(output!, writer.node(flat ? 'MatMul' : 'BatchMatMulV2', [a!, b!], attr));
};

export const matrices: Readonly<Record<string, Operator>> = {
  MatMul: product,
  Gemm: product,
  FusedMatMul: product,
};
