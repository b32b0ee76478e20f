/** Weights of an input gradient: those of the convolution with its channels exchanged and its taps reversed. */
import { reverse, transpose } from '../ir/emit.js';
import { constantData, madeBy, type Value } from '../ir/graph.js';

const exchanged = [1, 0, 2, 3];

/** `[out, in, h, w]` to `[in, out, h, w]`. */
export function turnedWeights(weights: Value): Value {
  return reverse(transpose(weights, exchanged), [2, 3]);
}

/** What `weights` has been turned from, if it is turned weights; either half of the turn may come first. */
export function turnedSource(weights: Value): Value | undefined {
  const exchangedFirst = exchangedSource(reversedSource(weights));
  return exchangedFirst ?? reversedSource(exchangedSource(weights));
}

function exchangedSource(value: Value | undefined): Value | undefined {
  const node = madeBy(value, 'Transpose');
  const order = node?.attributes.perm as readonly number[] | undefined;
  return order?.join() === exchanged.join() ? node?.inputs[0] : undefined;
}

function reversedSource(value: Value | undefined): Value | undefined {
  const axes = [2, 3].filter((axis) => (value?.shape[axis] ?? 1) > 1);
  if (axes.length === 0) return value;
  const node = madeBy(value, 'Slice');
  const numbers = (index: number): string =>
    Array.from((constantData(node?.inputs[index]) ?? []) as Iterable<bigint>).join();
  const backwards = axes.map(() => -1).join();
  return node && numbers(3) === axes.join() && numbers(4) === backwards ? node.inputs[0] : undefined;
}
