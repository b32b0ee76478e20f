import * as tf from '@tensorflow/tfjs-core';
import type { TrajectoryObserver } from '../contracts/attack.js';

/** Accumulators of {@link firstWrong}, `[batch]` each. */
export interface FirstWrong<Value> {
  /** Iterates seen so far. */
  readonly seen: Value;
  /** Index of the first one that the network was wrong about; −1 while there is none. */
  readonly first: Value;
}

/** Notes at which iterate an attack that reports its iterates first breaks each example. */
export const firstWrong: TrajectoryObserver = {
  start: ({ labels }) => ({ seen: tf.zeros([labels.shape[0]]), first: tf.fill([labels.shape[0]], -1) }),
  observe(accumulators, { logits, batch }) {
    const { seen, first } = accumulators as unknown as FirstWrong<tf.Tensor1D>;
    const wrong = tf.notEqual(tf.cast(tf.argMax(logits, 1), 'int32'), batch.labels);
    return {
      seen: tf.add(seen, 1),
      first: tf.where(tf.logicalAnd(wrong, tf.less(first, 0)), seen, first),
    };
  },
};
