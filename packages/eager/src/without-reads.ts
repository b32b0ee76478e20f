import { ArdError } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function in which reading the value of a tensor (`dataSync`, `data`, `arraySync` …) is an error, as it is
 * on engines that compile: there the value does not exist yet.
 *
 * Kernels read their inputs from the backend directly and are not affected.
 */
export function withoutReads<Result>(name: string, fn: () => Result): Result {
  const engine = tf.engine() as { read?: unknown; readSync?: unknown };
  const refuse = (): never => {
    throw new ArdError(`${name} reads the value of a tensor inside a compiled function.`, {
      remedy: 'Return the tensor and look at it between compiled calls; express choices with tf.where.',
    });
  };
  engine.read = refuse;
  engine.readSync = refuse;
  try {
    return fn();
  } finally {
    // uncovers the methods of the class again
    delete engine.read;
    delete engine.readSync;
  }
}
