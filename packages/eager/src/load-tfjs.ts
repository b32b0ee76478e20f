import * as tf from '@tensorflow/tfjs-core';

/** The version of the tfjs packages that run. */
export const tfjsVersion = tf.version_core;

/**
 * Registers the gradients and the cpu backend, which under Node only the umbrella package does.
 *
 * @throws Error when that had no effect: two copies of tfjs-core that do not share their registries
 */
export async function loadTfjs(): Promise<void> {
  await import('@tensorflow/tfjs');
  if (tf.getGradient('Conv2D') === undefined) {
    throw new Error('@tensorflow/tfjs was loaded but registered no gradients; is tfjs-core installed twice?');
  }
}
