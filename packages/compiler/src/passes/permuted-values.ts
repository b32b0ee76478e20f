import { isIdentity, permuted, reshape, transpose } from '../ir/emit.js';
import { sizeOf, type Value } from '../ir/graph.js';

/** Stands for `Transpose(value, permutation)`. */
export interface View {
  readonly value: Value;
  readonly permutation: readonly number[];
}

/** What values of the old graph are as transposed views of values of the new one. */
export class PermutedValues {
  private readonly views = new Map<Value, View>();
  private readonly materialised = new Map<Value, Map<string, Value>>();

  set(old: Value, view: View): void {
    this.views.set(old, view);
  }

  viewOf(old: Value): View {
    return this.views.get(old) ?? { value: old, permutation: identityOf(old) };
  }

  /** The array itself, in the order that the function meant. */
  logical(old: Value): Value {
    return this.inOrder(this.viewOf(old), identityOf(old));
  }

  /** The value whose transpose by `order` is what the view stands for. */
  inOrder(view: View, order: readonly number[]): Value {
    const change = changeOf(view, order);
    if (isIdentity(change)) return view.value;
    const known = this.materialised.get(view.value) ?? new Map<string, Value>();
    this.materialised.set(view.value, known);
    const value = known.get(change.join()) ?? movedAxes(view.value, change);
    known.set(change.join(), value);
    return value;
  }

  /** How many elements have to be moved for {@link inOrder}. */
  costOf(view: View, order: readonly number[]): number {
    const change = changeOf(view, order);
    const free =
      isInPlace(view.value, change) || this.materialised.get(view.value)?.has(change.join()) === true;
    return free ? 0 : sizeOf(view.value.shape);
  }
}

export function identityOf(value: Value): number[] {
  return value.shape.map((_, axis) => axis);
}

/** Whether moving axes leaves the data where they are, because only axes of extent 1 move. */
export function isInPlace(value: Value, permutation: readonly number[]): boolean {
  const moving = permutation.filter((axis) => value.shape[axis] !== 1);
  return moving.every((axis, index) => index === 0 || moving[index - 1]! < axis);
}

function changeOf(view: View, order: readonly number[]): number[] {
  return order.map((_, axis) => view.permutation[order.indexOf(axis)]!);
}

function movedAxes(value: Value, permutation: readonly number[]): Value {
  const shape = permuted(value.shape, permutation);
  return isInPlace(value, permutation) ? reshape(value, shape) : transpose(value, permutation);
}
