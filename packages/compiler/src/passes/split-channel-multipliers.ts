import { constantData, type Graph, type Node, type Value } from '../ir/graph.js';
import { nodeValue } from '../ir/build.js';
import { add, concat, pad, reshape, slice } from '../ir/emit.js';
import { rewrite } from '../ir/rewrite.js';

/**
 * For providers that are wrong about grouped convolutions which make several channels out of one: one convolution
 * for each of these channels, or a slice where its kernel only selects a pixel.
 */
export function splitChannelMultipliers(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const value = node.op === 'Conv' ? splitForward(node) : splitTransposed(node);
    return value && [value];
  });
}

function splitForward(node: Node): Value | undefined {
  const [x, weights, bias] = node.inputs as [Value, Value, Value?];
  const [batch = 1, channels = 1] = x.shape;
  const output = node.outputs[0]!;
  const multiplier = output.shape[1]! / channels;
  if (node.domain !== '' || node.attributes.group !== channels || multiplier === 1 || bias) return undefined;
  const [, , rows = 1, columns = 1] = output.shape;
  const parts = Array.from({ length: multiplier }, (_, part) => {
    const own = { shape: [batch, channels, rows, columns], type: 'float32' } as const;
    const value =
      selected(node, part, multiplier, own.shape) ??
      nodeValue('Conv', [x, everyNth(weights, 0, part, multiplier)], own, node);
    return reshape(value, [batch, channels, 1, rows, columns]);
  });
  return reshape(concat(parts, 2), output.shape);
}

/** The pixel that a constant kernel with a single 1 selects, the same one for every channel. */
function selected(
  node: Node,
  part: number,
  multiplier: number,
  [, channels = 1, rows = 1, columns = 1]: readonly number[],
): Value | undefined {
  const [x, weights] = node.inputs as [Value, Value];
  const data = constantData(weights);
  const [kernelRows = 1, kernelColumns = 1] = weights.shape.slice(2);
  const taps = kernelRows * kernelColumns;
  if (!data) return undefined;
  const kernel = (channel: number): number[] => {
    const start = (channel * multiplier + part) * taps;
    return Array.from(data.subarray(start, start + taps) as Float32Array);
  };
  const first = kernel(0);
  const tap = first.indexOf(1);
  const single = first.every((weight, index) => weight === (index === tap ? 1 : 0));
  if (tap < 0 || !single) return undefined;
  for (let channel = 1; channel < channels; channel++) {
    if (kernel(channel).join() !== first.join()) return undefined;
  }
  const list = (name: string): readonly number[] => node.attributes[name] as readonly number[];
  const [down = 1, right = 1] = list('strides');
  const [rowStep = 1, columnStep = 1] = list('dilations');
  const [top = 0, left = 0, bottom = 0, rightSide = 0] = list('pads');
  const padded = pad(x, [0, 0, top, left], [0, 0, bottom, rightSide], 0);
  const row = Math.floor(tap / kernelColumns) * rowStep;
  const column = (tap % kernelColumns) * columnStep;
  return slice(padded, [
    { axis: 2, from: row, to: row + (rows - 1) * down + 1, step: down },
    { axis: 3, from: column, to: column + (columns - 1) * right + 1, step: right },
  ]);
}

/** The gradient by the input of such a convolution: a sum over the channels that each input channel made. */
function splitTransposed(node: Node): Value | undefined {
  if (node.op !== 'ConvTranspose' || node.inputs.length > 2) return undefined;
  const [dy, weights] = node.inputs as [Value, Value];
  const output = node.outputs[0]!;
  const channels = output.shape[1]!;
  const multiplier = dy.shape[1]! / channels;
  if (node.attributes.group !== channels || multiplier === 1) return undefined;
  return Array.from({ length: multiplier }, (_, part) => {
    const inputs = [everyNth(dy, 1, part, multiplier), everyNth(weights, 0, part, multiplier)];
    return nodeValue('ConvTranspose', inputs, output, node);
  }).reduce(add);
}

function everyNth(value: Value, axis: number, from: number, step: number): Value {
  return slice(value, [{ axis, from, to: value.shape[axis]!, step }]);
}
