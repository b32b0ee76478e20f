import * as tf from '@tensorflow/tfjs-core';

/** Runs a synchronous function with another active backend, one that has been initialised before. */
export function onBackend<Result>(backend: string, fn: () => Result): Result {
  const previous = tf.getBackend() as string | undefined;
  if (previous === backend) return fn();
  // for an initialised backend the switch is complete when setBackend returns, before its promise resolves
  void tf.setBackend(backend);
  try {
    return fn();
  } finally {
    if (previous) void tf.setBackend(previous);
  }
}
