import * as tf from '@tensorflow/tfjs-core';

/**
 * How often Newton's method is applied. On a concave, piecewise linear function it never overshoots, and every
 * step divides (distance to the goal × slope) by at least four (as in Dinkelbach's method), so that float32
 * precision is reached with some steps to spare whatever the number of pieces.
 */
const newtonSteps = 16;

/** Far beyond every root, but with room for a product in float32. */
const unreachable = 1e18;

/**
 * Solves `Σ_i gain(λ)_i = goal` for each example, where the terms rise linearly with λ until they reach a limit of
 * their own. The reference implementation sorts the limits and bisects the sorted list; the root is the same.
 *
 * @param progress `[batch, size]` sums to what is reached at λ `[batch, 1]`, and how fast each term still rises
 * @param goal `[batch, 1]`, 0 or more
 * @returns λ `[batch, 1]`; very large where the goal cannot be reached
 */
export function newtonOnRooms(
  progress: (lambda: tf.Tensor) => { readonly reached: tf.Tensor; readonly rising: tf.Tensor },
  goal: tf.Tensor,
): tf.Tensor {
  let lambda: tf.Tensor = tf.zerosLike(goal);
  for (let count = 0; count < newtonSteps; count++) {
    const { reached, rising } = progress(lambda);
    const missing = tf.relu(tf.sub(goal, tf.sum(reached, 1, true)));
    const slope = tf.maximum(tf.sum(rising, 1, true), 1e-30);
    lambda = tf.minimum(tf.add(lambda, tf.div(missing, slope)), unreachable);
  }
  return lambda;
}
