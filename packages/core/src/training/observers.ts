import type * as tf from '@tensorflow/tfjs-core';
import type { TracedAttackBatch, TrajectoryObserver } from '../contracts/attack.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;
export type NamedObservers = Readonly<Record<string, TrajectoryObserver>>;

/** Several observers as one: accumulators get the prefix of their owner. */
export function startObservers(observers: NamedObservers, batch: TracedAttackBatch): Tensors {
  return merge(observers, (_, observer) => observer.start(batch));
}

/** Shows one iterate to every observer. */
export function observeAll(
  observers: NamedObservers,
  trajectory: Tensors,
  iterate: Parameters<TrajectoryObserver['observe']>[1],
): Tensors {
  return merge(observers, (name, observer) => observer.observe(accumulatorsOf(trajectory, name), iterate));
}

/** The accumulators that one observer owns, under the names it gave them. */
export function accumulatorsOf<Value>(
  trajectory: Readonly<Record<string, Value>>,
  observer: string,
): Record<string, Value> {
  const prefix = `${observer}/`;
  return Object.fromEntries(
    Object.entries(trajectory)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

function merge(
  observers: NamedObservers,
  accumulators: (name: string, observer: TrajectoryObserver) => Tensors,
): Tensors {
  return Object.fromEntries(
    Object.entries(observers).flatMap(([name, observer]) =>
      Object.entries(accumulators(name, observer)).map(([key, value]) => [`${name}/${key}`, value]),
    ),
  );
}
