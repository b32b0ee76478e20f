import type { ModelMessage, NodeMessage, TensorMessage } from '@ard/compiler';

/** TensorProto.DataType */
const [float32, int8] = [1, 3];

/** The largest number of int8 whose negative is one too. */
const largest = 127;

/**
 * Stores the weights of convolutions and matrix products in 8 bits: each output channel with a scale of its own,
 * symmetric around zero, and an operator that multiplies it back. Everything else stays float32, and so does what is
 * computed.
 */
export function quantiseWeights(message: ModelMessage): ModelMessage {
  const { node, initializer } = message.graph;
  const axes = new Map<string, number>();
  for (const one of node) {
    const axis = outputAxis(one);
    if (axis !== undefined) axes.set(one.input[1]!, axis);
  }
  const dequantised: NodeMessage[] = [];
  const tensors = initializer.flatMap((tensor): readonly TensorMessage[] => {
    const axis = axes.get(tensor.name);
    if (axis === undefined || tensor.dataType !== float32 || tensor.rawData === undefined) return [tensor];
    const { values, scales } = quantised(tensor.rawData, tensor.dims, axis);
    const [q, scale] = [`${tensor.name}.int8`, `${tensor.name}.scale`];
    dequantised.push({
      opType: 'DequantizeLinear',
      input: [q, scale],
      output: [tensor.name],
      attribute: [{ name: 'axis', type: 2, i: axis }],
    });
    return [
      { name: q, dims: tensor.dims, dataType: int8, rawData: new Uint8Array(values.buffer) },
      { name: scale, dims: [scales.length], dataType: float32, rawData: new Uint8Array(scales.buffer) },
    ];
  });
  return { ...message, graph: { ...message.graph, node: [...dequantised, ...node], initializer: tensors } };
}

/** Axis of the outputs in the weights of a node, its second input. */
function outputAxis({ opType, attribute = [] }: NodeMessage): number | undefined {
  if (opType === 'Conv') return 0;
  if (opType === 'MatMul') return 1;
  if (opType === 'Gemm') return attribute.some(({ name, i }) => name === 'transB' && i === 1) ? 0 : 1;
  return undefined;
}

function quantised(
  bytes: Uint8Array,
  dims: readonly number[],
  axis: number,
): { readonly values: Int8Array; readonly scales: Float32Array } {
  const weights = new Float32Array(bytes.slice().buffer);
  const inner = dims.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const channelOf = (index: number): number => Math.floor(index / inner) % dims[axis]!;
  const scales = new Float32Array(dims[axis]!);
  weights.forEach((weight, index) => {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel]!, Math.abs(weight) / largest);
  });
  // of a channel of zeros any scale will do
  scales.forEach((scale, channel) => (scales[channel] = scale === 0 ? 1 : scale));
  const values = Int8Array.from(weights, (weight, index) =>
    Math.max(-largest, Math.min(largest, Math.round(weight / scales[channelOf(index)]!))),
  );
  return { values, scales };
}
