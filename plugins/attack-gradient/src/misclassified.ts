import * as tf from '@tensorflow/tfjs-core';

/** Where the network's best class is not the label; bool `[batch]`. */
export function misclassified(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.notEqual(tf.cast(tf.argMax(logits, 1), 'int32'), labels);
}
