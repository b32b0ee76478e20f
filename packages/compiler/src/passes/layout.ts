/**
 * Takes transposes out. Lowerings surround every NCHW operator with transposes from and to tfjs's NHWC; here a
 * transpose is not executed but remembered as a view, operators that do not mind the order of axes work on the
 * permuted array, and only what insists on an order gets one. A transposed parameter that is transposed back
 * disappears in the same way.
 */
import { int64Value as axesValue, nodeValue } from '../ir/build.js';
import { isIdentity, reshape } from '../ir/emit.js';
import { constantData, sameShape, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';
import { elementwiseOperators } from './operator-classes.js';
import { identityOf, isInPlace, PermutedValues, type View } from './permuted-values.js';

type Rule = (node: Node, views: PermutedValues) => View[] | undefined;

const rules: readonly Rule[] = [transposed, elementwise, reduction, reshaped, expanded, alongAxes];

export function layout(graph: Graph): Graph {
  const views = new PermutedValues();
  for (const node of graphNodes(graph)) {
    const results = firstResult(node, views) ?? keep(node, views);
    node.outputs.forEach((output, index) => views.set(output, results[index]!));
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: views.logical(value) }));
  return { ...graph, outputs };
}

function firstResult(node: Node, views: PermutedValues): View[] | undefined {
  for (const rule of rules) {
    const results = rule(node, views);
    if (results) return results;
  }
  return undefined;
}

/** For operators that insist on the order of their inputs. */
function keep(node: Node, views: PermutedValues): View[] {
  const moved = withInputs(
    node,
    node.inputs.map((input) => input && views.logical(input)),
  );
  return moved.outputs.map((value) => ({ value, permutation: identityOf(value) }));
}

function transposed(node: Node, views: PermutedValues): View[] | undefined {
  if (node.op !== 'Transpose') return undefined;
  const { value, permutation } = views.viewOf(node.inputs[0]!);
  const order = node.attributes.perm as readonly number[];
  return [{ value, permutation: order.map((axis) => permutation[axis]!) }];
}

/** Works in whichever order of its inputs means the least moving of the others. */
function elementwise(node: Node, views: PermutedValues): View[] | undefined {
  if (!elementwiseOperators.has(node.op)) return undefined;
  const output = node.outputs[0]!;
  const rank = output.shape.length;
  const inputs = node.inputs.map((input) => views.viewOf(input!));
  const full = inputs.filter(({ permutation }) => permutation.length === rank);
  const cost = (order: readonly number[]): number =>
    full.reduce((sum, view) => sum + views.costOf(view, order), 0);
  const order = full
    .map(({ permutation }) => permutation)
    .reduce((best, candidate) => (cost(candidate) < cost(best) ? candidate : best), identityOf(output));
  if (isIdentity(order)) return keep(node, views);
  const operands = inputs.map((view) => {
    if (sizeOf(view.value.shape) === 1 && view.value.shape.length <= rank) return view.value;
    if (view.permutation.length === rank) return views.inOrder(view, order);
    const own = views.inOrder(view, identityOf(view.value));
    const whole = reshape(own, [...new Array<number>(rank - own.shape.length).fill(1), ...own.shape]);
    return views.inOrder({ value: whole, permutation: identityOf(whole) }, order);
  });
  const shape = order.map((_, axis) => output.shape[order.indexOf(axis)]!);
  const value = nodeValue(node.op, operands, { shape, type: output.type }, node);
  return [{ value, permutation: order }];
}

function reduction(node: Node, views: PermutedValues): View[] | undefined {
  if (!node.op.startsWith('Reduce')) return undefined;
  const { value, permutation } = views.viewOf(node.inputs[0]!);
  if (isIdentity(permutation)) return undefined;
  const axesInput = constantData(node.inputs[1]);
  const logicalAxes = axesInput ? Array.from(axesInput, Number) : (node.attributes.axes as readonly number[]);
  const axes = logicalAxes.map((axis) => permutation[axis]!).sort((a, b) => a - b);
  const output = node.outputs[0]!;
  const kept = node.attributes.keepdims === 1;
  const remaining = kept
    ? permutation
    : permutation
        .filter((axis) => !axes.includes(axis))
        .map((axis) => axis - axes.filter((a) => a < axis).length);
  const shape = remaining.map((_, axis) => output.shape[remaining.indexOf(axis)]!);
  const result = reduceAgain(node, value, axes, shape);
  return [{ value: result, permutation: remaining }];
}

function reduceAgain(node: Node, value: Value, axes: readonly number[], shape: readonly number[]): Value {
  const output = { shape, type: node.outputs[0]!.type };
  if (node.inputs.length === 1) {
    return nodeValue(node.op, [value], output, { attributes: { ...node.attributes, axes } });
  }
  return nodeValue(node.op, [value, axesValue(axes)], output, node);
}

/** A reshape to the same shape is none; one that keeps the data where they are needs no order. */
function reshaped(node: Node, views: PermutedValues): View[] | undefined {
  if (node.op !== 'Reshape') return undefined;
  const input = node.inputs[0]!;
  const output = node.outputs[0]!;
  const view = views.viewOf(input);
  if (sameShape(input.shape, output.shape)) return [view];
  if (!isInPlace(view.value, view.permutation)) return undefined;
  const value = reshape(view.value, output.shape);
  return [{ value, permutation: identityOf(value) }];
}

function expanded(node: Node, views: PermutedValues): View[] | undefined {
  if (node.op !== 'Expand') return undefined;
  const { value, permutation } = views.viewOf(node.inputs[0]!);
  const output = node.outputs[0]!;
  if (permutation.length !== output.shape.length || isIdentity(permutation)) return undefined;
  const shape = permutation.map((_, axis) => output.shape[permutation.indexOf(axis)]!);
  const result = nodeValue('Expand', [value, axesValue(shape)], { shape, type: output.type });
  return [{ value: result, permutation }];
}

/** Operators that name axes: slices, paddings and concatenations along the permuted axes. */
function alongAxes(node: Node, views: PermutedValues): View[] | undefined {
  const [first] = node.inputs;
  if (!first || !['Slice', 'Pad', 'Concat'].includes(node.op)) return undefined;
  const { permutation, value } = views.viewOf(first);
  if (isIdentity(permutation)) return undefined;
  const output = node.outputs[0]!;
  const shape = permutation.map((_, axis) => output.shape[permutation.indexOf(axis)]!);
  const result = { shape, type: output.type };
  if (node.op === 'Concat') {
    const inputs = node.inputs.map((input) => views.inOrder(views.viewOf(input!), permutation));
    const axis = permutation[node.attributes.axis as number]!;
    return [{ value: nodeValue('Concat', inputs, result, { attributes: { axis } }), permutation }];
  }
  const numbers = (index: number): number[] => Array.from(constantData(node.inputs[index])!, Number);
  if (node.op === 'Pad') {
    const sides = numbers(1);
    const rank = permutation.length;
    const moved = [0, rank].flatMap((offset) =>
      permutation.map((_, axis) => sides[offset + permutation.indexOf(axis)]!),
    );
    return [
      {
        value: nodeValue('Pad', [value, axesValue(moved), ...node.inputs.slice(2)], result, node),
        permutation,
      },
    ];
  }
  const axes = axesValue(numbers(3).map((axis) => permutation[axis]!));
  const inputs = [value, node.inputs[1], node.inputs[2], axes, node.inputs[4]];
  return [{ value: nodeValue('Slice', inputs, result, node), permutation }];
}
