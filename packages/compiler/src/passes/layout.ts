/**
 * Takes transposes out. Lowerings surround every NCHW operator with transposes from and to tfjs's NHWC; here a
 * transpose is not executed but remembered as a view, operators that do not mind the order of axes work on the
 * permuted array, and only what insists on an order gets one. A transposed parameter that is transposed back
 * disappears in the same way.
 */
import { int64Value as axesValue, nodeValue } from '../ir/build.js';
import { isIdentity, permuted, reshape, transpose } from '../ir/emit.js';
import { constantData, sameShape, sizeOf, type Graph, type Node, type Value } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';
import { elementwiseOperators } from './operator-classes.js';

/** Stands for `Transpose(value, permutation)`. */
interface View {
  readonly value: Value;
  readonly permutation: readonly number[];
}

export function layout(graph: Graph): Graph {
  const views = new Map<Value, View>();
  const materialised = new Map<Value, Map<string, Value>>();

  const viewOf = (value: Value): View => views.get(value) ?? { value, permutation: identity(value) };

  /** The value whose transpose by `target` is what the view stands for. */
  function inOrder(view: View, target: readonly number[]): Value {
    const inverse = target.map((_, axis) => target.indexOf(axis));
    const change = inverse.map((axis) => view.permutation[axis]!);
    if (isIdentity(change)) return view.value;
    const known = materialised.get(view.value) ?? new Map<string, Value>();
    materialised.set(view.value, known);
    const key = change.join();
    const value = known.get(key) ?? movedAxes(view.value, change);
    known.set(key, value);
    return value;
  }

  const logical = (value: Value): Value => {
    const view = viewOf(value);
    return inOrder(view, identity(view.value));
  };

  for (const node of graphNodes(graph)) {
    const results =
      transposed(node, viewOf) ??
      elementwise(node, viewOf, inOrder) ??
      reduction(node, viewOf) ??
      reshaped(node, viewOf) ??
      expanded(node, viewOf) ??
      alongAxes(node, viewOf, inOrder) ??
      withInputs(
        node,
        node.inputs.map((input) => input && logical(input)),
      ).outputs.map((value) => ({ value, permutation: identity(value) }));
    node.outputs.forEach((output, index) => views.set(output, results[index]!));
  }
  return { ...graph, outputs: graph.outputs.map(({ name, value }) => ({ name, value: logical(value) })) };
}

function identity(value: Value): number[] {
  return value.shape.map((_, axis) => axis);
}

/** A transpose that only moves axes of extent 1 leaves the data where they are. */
function movedAxes(value: Value, permutation: readonly number[]): Value {
  const moving = permutation.filter((axis) => value.shape[axis] !== 1);
  const inPlace = moving.every((axis, index) => index === 0 || moving[index - 1]! < axis);
  return inPlace ? reshape(value, permuted(value.shape, permutation)) : transpose(value, permutation);
}

type ViewOf = (value: Value) => View;
type InOrder = (view: View, target: readonly number[]) => Value;

function transposed(node: Node, viewOf: ViewOf): View[] | undefined {
  if (node.op !== 'Transpose') return undefined;
  const { value, permutation } = viewOf(node.inputs[0]!);
  const order = node.attributes.perm as readonly number[];
  return [{ value, permutation: order.map((axis) => permutation[axis]!) }];
}

/** Works in the order of its largest permuted input; the others are brought into that order. */
function elementwise(node: Node, viewOf: ViewOf, inOrder: InOrder): View[] | undefined {
  if (!elementwiseOperators.has(node.op)) return undefined;
  const output = node.outputs[0]!;
  const rank = output.shape.length;
  const views = node.inputs.map((input) => viewOf(input!));
  const leading = views
    .filter(({ permutation }) => permutation.length === rank && !isIdentity(permutation))
    .sort((a, b) => sizeOf(b.value.shape) - sizeOf(a.value.shape))[0];
  if (!leading)
    return keep(
      node,
      views.map((view) => inOrder(view, identity(view.value))),
    );
  const order = leading.permutation;
  const inputs = views.map((view) => {
    if (sizeOf(view.value.shape) === 1 && view.value.shape.length <= rank) return view.value;
    if (view.permutation.length === rank) return inOrder(view, order);
    const own = inOrder(view, identity(view.value));
    const full = reshape(own, [...new Array<number>(rank - own.shape.length).fill(1), ...own.shape]);
    return inOrder({ value: full, permutation: identity(full) }, order);
  });
  const shape = order.map((_, axis) => output.shape[order.indexOf(axis)]!);
  const value = nodeValue(node.op, inputs, { shape, type: output.type }, node);
  return [{ value, permutation: order }];
}

function keep(node: Node, inputs: readonly Value[]): View[] {
  return withInputs(node, inputs).outputs.map((value) => ({ value, permutation: identity(value) }));
}

function reduction(node: Node, viewOf: ViewOf): View[] | undefined {
  if (!node.op.startsWith('Reduce')) return undefined;
  const { value, permutation } = viewOf(node.inputs[0]!);
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
function reshaped(node: Node, viewOf: ViewOf): View[] | undefined {
  if (node.op !== 'Reshape') return undefined;
  const input = node.inputs[0]!;
  const output = node.outputs[0]!;
  const view = viewOf(input);
  if (sameShape(input.shape, output.shape)) return [view];
  const moving = view.permutation.filter((axis) => view.value.shape[axis] !== 1);
  if (!moving.every((axis, index) => index === 0 || moving[index - 1]! < axis)) return undefined;
  const value = reshape(view.value, output.shape);
  return [{ value, permutation: identity(value) }];
}

function expanded(node: Node, viewOf: ViewOf): View[] | undefined {
  if (node.op !== 'Expand') return undefined;
  const { value, permutation } = viewOf(node.inputs[0]!);
  const output = node.outputs[0]!;
  if (permutation.length !== output.shape.length || isIdentity(permutation)) return undefined;
  const shape = permutation.map((_, axis) => output.shape[permutation.indexOf(axis)]!);
  const result = nodeValue('Expand', [value, axesValue(shape)], { shape, type: output.type });
  return [{ value: result, permutation }];
}

/** Operators that name axes: slices, paddings and concatenations along the permuted axes. */
function alongAxes(node: Node, viewOf: ViewOf, inOrder: InOrder): View[] | undefined {
  const [first] = node.inputs;
  if (!first || !['Slice', 'Pad', 'Concat'].includes(node.op)) return undefined;
  const { permutation, value } = viewOf(first);
  if (isIdentity(permutation)) return undefined;
  const output = node.outputs[0]!;
  const shape = permutation.map((_, axis) => output.shape[permutation.indexOf(axis)]!);
  const result = { shape, type: output.type };
  if (node.op === 'Concat') {
    const inputs = node.inputs.map((input) => inOrder(viewOf(input!), permutation));
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
