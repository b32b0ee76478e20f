import { nodeValue, scalarValue } from '../ir/build.js';
import { expand, reshape } from '../ir/emit.js';
import { sizeOf, type Node, type Value } from '../ir/graph.js';
import { perChannelAffine } from './blocked-convolution.js';
import { isFull, isPerChannel, type BlockedValues } from './blocked-values.js';
import { elementwiseOperators } from './operator-classes.js';

/** Element by element the order does not matter, as long as all arrays have the same. */
export function blockedElementwise(node: Node, values: BlockedValues): boolean {
  if (!elementwiseOperators.has(node.op)) return false;
  const output = node.outputs[0]!;
  const inputs = node.inputs as readonly Value[];
  if (output.shape.length !== 4 || output.shape[1]! % values.block !== 0) return false;
  const full = inputs.filter((input) => isFull(input, output));
  if (!full.some((input) => values.isBlocked(input))) return false;
  if (!full.every((input) => values.isBlocked(input) || values.canBlock(input))) return false;
  values.setBlocked(output, affine(node, values) ?? combined(node, values));
  return true;
}

/** Products and sums with one value per channel. */
function affine(node: Node, values: BlockedValues): Value | undefined {
  const [a, b] = node.inputs as [Value, Value];
  const output = node.outputs[0]!;
  const channels = output.shape[1]!;
  if (node.op !== 'Mul' && node.op !== 'Add') return undefined;
  const [x, vector] = isFull(a, output) ? [a, b] : [b, a];
  if (!isPerChannel(vector, channels) || !isFull(x, output)) return undefined;
  const parameter = reshape(values.plain(vector), node.op === 'Mul' ? [channels, 1, 1, 1] : [channels]);
  if (node.op === 'Mul') return perChannelAffine(values.blocked(x), parameter, undefined);
  return perChannelAffine(values.blocked(x), expand(scalarValue(1), [channels, 1, 1, 1]), parameter);
}

function combined(node: Node, values: BlockedValues): Value {
  const output = node.outputs[0]!;
  const inputs = node.inputs as readonly Value[];
  const options = { attributes: node.attributes };
  if (inputs.every((input) => isFull(input, output) || sizeOf(input.shape) === 1)) {
    const operands = inputs.map((input) =>
      isFull(input, output) ? values.blocked(input) : values.plain(input),
    );
    return nodeValue(node.op, operands, output, options);
  }
  const operands = inputs.map((input) => {
    if (isFull(input, output)) return values.spread(values.blocked(input), output.shape);
    if (sizeOf(input.shape) === 1) return reshape(values.plain(input), []);
    const shape = [...new Array<number>(4 - input.shape.length).fill(1), ...input.shape];
    return broadcastOperand(input, shape, values);
  });
  const [batch = 1, channels = 1, height = 1, width = 1] = output.shape;
  const shape = [batch, channels / values.block, height, width, values.block];
  return reshape(nodeValue(node.op, operands, { shape, type: output.type }, options), output.shape);
}

function broadcastOperand(input: Value, shape: readonly number[], values: BlockedValues): Value {
  const ordered = shape[1] === 1 || input.shape.length !== 4 ? values.plain(input) : values.blocked(input);
  return values.spread(ordered, shape);
}
