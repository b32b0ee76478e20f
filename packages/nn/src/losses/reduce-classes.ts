import * as tf from '@tensorflow/tfjs-core';

/**
 * How a per-class quantity becomes one number per example: `sum` is the mathematical divergence; `mean` divides
 * it by the number of classes, as PyTorch's `KLDivLoss()` without arguments does, and so makes the same
 * coefficient ten times weaker on 100 classes than on 10.
 */
export type ClassReduction = 'sum' | 'mean';

/** `[batch, classes]` to `[batch]`. */
export function reduceClasses(perClass: tf.Tensor2D, reduction: ClassReduction): tf.Tensor1D {
  return reduction === 'sum' ? tf.sum(perClass, 1) : tf.mean(perClass, 1);
}
