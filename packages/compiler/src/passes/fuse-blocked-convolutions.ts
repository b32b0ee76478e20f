/**
 * Lets blocked convolutions do what follows them: add another array (a residual, the other part of a gradient),
 * add one value per channel, clamp below at zero. Each saves a walk through the activations.
 */
import { nodeValue } from '../ir/build.js';
import { add } from '../ir/emit.js';
import { constantData, madeBy, sameShape, type Graph, type Node, type Value } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';
import { countUses } from '../ir/traverse.js';
import { blockedDomain } from './blocked-operators.js';

export function fuseBlockedConvolutions(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (node, original) => {
    /** The convolution that makes input `index`, if nobody else wants its result and it does nothing more yet. */
    const own = (index: number): Node | undefined => {
      const convolution = blockedConvolution(node.inputs[index]);
      const plain = convolution?.inputs[3] === undefined && convolution?.attributes.activation === undefined;
      return plain && uses.get(original.inputs[index]!) === 1 ? convolution : undefined;
    };
    const value = fuseShift(node, own) ?? fuseSum(node, own) ?? fuseRelu(node, original, uses);
    return value && [value];
  });
}

type Own = (index: number) => Node | undefined;

function blockedConvolution(value: Value | undefined): Node | undefined {
  const node = madeBy(value, 'Conv');
  return node?.domain === blockedDomain ? node : undefined;
}

/** A depthwise convolution with weights 1, which only adds its bias, after another convolution. */
function fuseShift(node: Node, own: Own): Value | undefined {
  if (node.op !== 'Conv' || node.domain !== blockedDomain || !addsOnly(node)) return undefined;
  const inner = own(0);
  if (!inner) return undefined;
  const [x, weights, bias] = inner.inputs as [Value, Value, Value?];
  const shift = node.inputs[2]!;
  return nodeValue('Conv', [x, weights, bias ? add(bias, shift) : shift], node.outputs[0]!, inner);
}

function addsOnly(node: Node): boolean {
  const ones = madeBy(node.inputs[1], 'Expand')?.inputs[0];
  const data = constantData(ones);
  return node.inputs[2] !== undefined && node.attributes.group !== 1 && data?.length === 1 && data[0] === 1;
}

/** Whatever is added must not be needed afterwards, or it is copied; that is still no worse than adding. */
function fuseSum(node: Node, own: Own): Value | undefined {
  const output = node.outputs[0]!;
  if (node.op !== 'Add' || !node.inputs.every((input) => sameShape(input!.shape, output.shape)))
    return undefined;
  for (const index of [0, 1]) {
    const convolution = own(index);
    if (!convolution) continue;
    const [x, weights, bias] = convolution.inputs;
    return nodeValue('Conv', [x, weights, bias, node.inputs[1 - index]], output, convolution);
  }
  return undefined;
}

function fuseRelu(node: Node, original: Node, uses: ReadonlyMap<Value, number>): Value | undefined {
  const convolution = blockedConvolution(node.inputs[0]);
  if (node.op !== 'Relu' || !convolution || convolution.attributes.activation !== undefined) return undefined;
  if (uses.get(original.inputs[0]!) !== 1) return undefined;
  return nodeValue('Conv', convolution.inputs, node.outputs[0]!, {
    attributes: { ...convolution.attributes, activation: 'Relu' },
    domain: blockedDomain,
  });
}
