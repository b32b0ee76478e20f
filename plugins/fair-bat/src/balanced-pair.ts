import type { TracedAttackBatch, TrajectoryObserver } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/**
 * Keeps two iterates of an attack per example (methods.md 5.2): the last one before the first error (the start when
 * that is wrong already), and the one `extraSteps` after the first error.
 *
 * Accumulators: `right` and `wrong` images; `unbroken` is 1 until the first error, `waiting` counts the steps still to
 * go to the wrong image, `caught` is 1 when there is one, `begun` is 0 before the first iterate.
 */
export function balancedPairObserver(extraSteps: number): TrajectoryObserver {
  return {
    start({ images, epsilon }: TracedAttackBatch): Tensors {
      const zeros = tf.zerosLike(epsilon);
      return {
        right: tf.zerosLike(images),
        wrong: tf.zerosLike(images),
        unbroken: tf.onesLike(epsilon),
        waiting: zeros,
        caught: zeros,
        begun: zeros,
      };
    },
    observe({ right, wrong, unbroken, waiting, caught, begun }, { images, logits, batch }): Tensors {
      const correct = tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32');
      const still = tf.mul(unbroken!, correct);
      const breaks = tf.sub(unbroken!, still);
      // an example that broke before is one step nearer to its wrong image; one that breaks now has all to go
      const counted = tf.maximum(tf.sub(waiting!, 1), 0);
      const left = tf.add(counted, tf.mul(breaks, extraSteps));
      const broken = tf.sub(1, still);
      const catches = tf.mul(tf.mul(broken, tf.sub(1, caught!)), tf.cast(tf.equal(left, 0), 'float32'));
      const keepsRight = tf.maximum(still, tf.sub(1, begun!));
      return {
        right: choose(keepsRight, images, right!),
        wrong: choose(catches, images, wrong!),
        unbroken: still,
        waiting: left,
        caught: tf.add(caught!, catches),
        begun: tf.onesLike(begun!),
      };
    },
  };
}

/** The pair of images; the attack's result where an example was never broken, or had steps left at the end. */
export function balancedPair(
  { right, wrong, unbroken, caught }: Tensors,
  adversarial: tf.Tensor4D,
): { collected: tf.Tensor4D; adversarial: tf.Tensor4D } {
  return {
    collected: choose(unbroken!, adversarial, right!),
    adversarial: choose(caught!, wrong!, adversarial),
  };
}

/** Images of the first where the mask is 1, of the second where it is 0; exact for finite values. */
function choose(mask: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Tensor4D {
  const perImage = tf.reshape(mask, [-1, 1, 1, 1]);
  return tf.add(tf.mul(first, perImage), tf.mul(second, tf.sub(1, perImage)));
}
