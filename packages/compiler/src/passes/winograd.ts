/**
 * Computes convolutions with many channels by Winograd's algorithm, where their weights are frozen, so that these are
 * transformed once per change.
 */
import { nodeValue } from '../ir/build.js';
import { add, elementwise, reshape } from '../ir/emit.js';
import { sameShape, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';
import { blockedDomain } from './blocked-operators.js';
import { fixedNodes } from './fixed-nodes.js';
import { elementwiseOperators } from './operator-classes.js';
import { RowsFirstValues } from './rows-first-values.js';
import { winogradConvolution } from './winograd-convolution.js';
import { tileExtent } from './winograd-matrices.js';

/** From where on it pays. */
export interface WinogradBounds {
  /** Least channels of input and of output: what is saved grows with their product, the transforms with their sum. */
  readonly channels: number;
  /** Fewest pixels in all images of a batch, for weights twice as large. */
  readonly pixels: number;
}

/** Where a block is twice as wide, multiplying is twice as fast, but moving the activations hardly. */
const usualBounds = (block: number): WinogradBounds => ({ channels: 16 * block, pixels: 256 });

/** @param block channels side by side in memory; 0 leaves the graph alone */
export function winograd(
  graph: Graph,
  block: number,
  isFrozen: (inputName: string) => boolean,
  bounds = usualBounds(block),
): Graph {
  if (block === 0) return graph;
  const fixed = fixedNodes(graph, isFrozen);
  const values = new RowsFirstValues(block);
  for (const node of graphNodes(graph)) {
    const weights = node.inputs[1]?.source;
    const frozen = weights?.kind === 'node' && fixed.has(weights.node);
    if (frozen && pays(node, bounds)) {
      values.setRowsFirst(node.outputs[0]!, convolved(node, values));
    } else if (combinesRows(node, values)) {
      values.setRowsFirst(node.outputs[0]!, combined(node, values));
    } else {
      const moved = withInputs(
        node,
        node.inputs.map((input) => input && values.imagesFirst(input)),
      );
      node.outputs.forEach((output, index) => values.setImagesFirst(output, moved.outputs[index]!));
    }
  }
  return {
    ...graph,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: values.imagesFirst(value) })),
  };
}

function pays({ op, domain, attributes, inputs, outputs }: Node, bounds: WinogradBounds): boolean {
  if (op !== 'Conv' || domain !== blockedDomain || attributes.group !== 1) return false;
  const { kernel_shape: kernel, pads, strides, dilations } = attributes;
  if ([kernel, pads, strides, dilations].join() !== '3,3,1,1,1,1,1,1,1,1') return false;
  const [out = 1, into = 1] = inputs[1]!.shape;
  const [batch = 1, , height = 1, width = 1] = outputs[0]!.shape;
  // rows that fill up the last tile are computed in vain
  const wellFilled = height >= 3 * Math.ceil(height / tileExtent);
  return wellFilled && Math.min(into, out) >= bounds.channels && batch * height * width >= bounds.pixels;
}

function convolved({ inputs, attributes }: Node, values: RowsFirstValues): Value {
  const [x, weights, bias, summand] = inputs as [Value, Value, Value?, Value?];
  const y = winogradConvolution(
    values.rowsFirst(x),
    values.imagesFirst(weights),
    bias && values.imagesFirst(bias),
  );
  const sum = summand ? add(y, values.rowsFirst(summand)) : y;
  return attributes.activation === 'Relu' ? elementwise('Relu', [sum]) : sum;
}

/** Element by element the order does not matter, as long as all arrays have the same. */
function combinesRows({ op, inputs, outputs }: Node, values: RowsFirstValues): boolean {
  const { shape } = outputs[0]!;
  if (!elementwiseOperators.has(op) || shape.length !== 4) return false;
  const operands = inputs as readonly Value[];
  return (
    operands.some((input) => values.hasRowsFirst(input)) &&
    operands.every((input) => sameShape(input.shape, shape) || sizeOf(input.shape) === 1)
  );
}

function combined({ op, inputs, outputs, attributes }: Node, values: RowsFirstValues): Value {
  const { shape, type } = outputs[0]!;
  const operands = (inputs as readonly Value[]).map((input) =>
    sameShape(input.shape, shape) ? values.rowsFirst(input) : reshape(values.imagesFirst(input), []),
  );
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  const block = values.block;
  return nodeValue(
    op,
    operands,
    { shape: [height, channels / block, width, batch, block], type },
    { attributes },
  );
}
