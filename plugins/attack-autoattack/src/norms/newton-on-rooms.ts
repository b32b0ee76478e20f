import * as tf from '@tensorflow/tfjs-core';

/**
 * How often Newton's method is applied. On a concave, piecewise linear function it never overshoots, and every
 * step divides (distance to the goal × slope) by at least four (as in Dinkelbach's method), so that float32
 * precision, 2⁻²⁴, is reached whatever the number of pieces.
 */
const newtonSteps = 12;

/** Far beyond every root, but with room for a product in float32. */
const unreachable = 1e18;

const leastSlope = 1e-30;

/**
 * Solves `Σ_i min(λ · rate_i, limit_i) = goal` for each example. The reference implementation sorts the λ at which
 * terms reach their limits and bisects the sorted list; the root is the same.
 *
 * A step costs one comparison and one product of matrices: the terms that have reached their limit are summed, the
 * others follow from what all of them come to.
 *
 * @param rates `[batch, size]`, how fast each term rises; 0 or more
 * @param limits `[batch, size]`, 0 or more; 0 where the rate is
 * @param full `[batch, size]`, the λ at which each term reaches its limit
 * @param goal `[batch, 1]`, 0 or more
 * @returns λ `[batch, 1]`; very large where the goal cannot be reached
 */
export function newtonOnRooms(
  { rates, limits, full }: Readonly<Record<'rates' | 'limits' | 'full', tf.Tensor2D>>,
  goal: tf.Tensor,
): tf.Tensor {
  const terms = tf.stack([rates, limits], 1);
  const wholeRate = tf.sum(rates, 1, true);
  let lambda: tf.Tensor = tf.div(goal, tf.maximum(wholeRate, leastSlope)); // the first step: no term is at its limit
  for (let count = 1; count < newtonSteps; count++) {
    const atLimit = tf.cast(tf.lessEqual(full, lambda), 'float32');
    const sums = tf.squeeze(tf.matMul(terms, tf.expandDims(atLimit, 2)), [2]);
    const [rateAtLimit, reachedAtLimit] = tf.split(sums, 2, 1);
    const slope = tf.relu(tf.sub(wholeRate, rateAtLimit!));
    const missing = tf.relu(tf.sub(goal, tf.add(tf.mul(lambda, slope), reachedAtLimit!)));
    lambda = tf.minimum(tf.add(lambda, tf.div(missing, tf.maximum(slope, leastSlope))), unreachable);
  }
  return lambda;
}
