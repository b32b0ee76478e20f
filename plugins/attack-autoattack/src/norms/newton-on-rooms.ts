import * as tf from '@tensorflow/tfjs-core';

/**
 * How often Newton's method is applied unless told otherwise. On a concave, piecewise linear function it never
 * overshoots, and every step divides (distance to the goal × slope) by at least four (as in Dinkelbach's method), so
 * that float32 precision, 2⁻²⁴, is reached unless the slope itself has fallen by as much.
 */
const newtonSteps = 12;

/** Far beyond every root, but with room for a product in float32. */
const unreachable = 1e18;

const leastSlope = 1e-30;

/**
 * Solves `Σ_i min(λ · rate_i, limit_i) = goal` for each example. The reference implementation sorts the λ at which
 * terms reach their limits and bisects the sorted list; the root is the same.
 *
 * A step costs one comparison and two products of matrices. What still rises is summed by itself: as the difference
 * of all and those at their limit it would vanish in float32 beside one large term that is at its limit.
 *
 * @param rates `[batch, size]`, how fast each term rises; 0 or more
 * @param limits `[batch, size]`, 0 or more; 0 where the rate is
 * @param full `[batch, size]`, the λ at which each term reaches its limit
 * @param goal `[batch, 1]`, 0 or more
 * @param steps at least 1; more where rates differ by many powers of ten
 * @returns λ `[batch, 1]`; very large where the goal cannot be reached
 */
export function newtonOnRooms(
  { rates, limits, full }: Readonly<Record<'rates' | 'limits' | 'full', tf.Tensor2D>>,
  goal: tf.Tensor,
  steps = newtonSteps,
): tf.Tensor {
  const terms = tf.stack([rates, limits], 1);
  // the first step: no term is at its limit
  let lambda: tf.Tensor = tf.div(goal, tf.maximum(tf.sum(rates, 1, true), leastSlope));
  for (let count = 1; count < steps; count++) {
    const atLimit = tf.cast(tf.lessEqual(full, lambda), 'float32');
    const [slope] = sumsOver(terms, tf.sub(1, atLimit));
    const [, reachedAtLimit] = sumsOver(terms, atLimit);
    const missing = tf.relu(tf.sub(goal, tf.add(tf.mul(lambda, slope), reachedAtLimit)));
    lambda = tf.minimum(tf.add(lambda, tf.div(missing, tf.maximum(slope, leastSlope))), unreachable);
  }
  return lambda;
}

/**
 * Sums of the rates and of the limits that a mask `[batch, size]` of zeros and ones picks, `[batch, 1]` each. Of both,
 * though one is wanted: a product with a single row would take a slower way through ONNX Runtime.
 */
function sumsOver(terms: tf.Tensor, mask: tf.Tensor): [rates: tf.Tensor, limits: tf.Tensor] {
  const sums = tf.squeeze(tf.matMul(terms, tf.expandDims(mask, 2)), [2]);
  return tf.split(sums, 2, 1) as [tf.Tensor, tf.Tensor];
}
