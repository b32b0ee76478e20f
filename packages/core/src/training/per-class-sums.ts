import * as tf from '@tensorflow/tfjs-core';
import type { LossInput, LossInputs, LossTerm } from '../contracts/method.js';
import { accumulatorsOf } from './observers.js';
import type { TrainingParts } from './training-parts.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What one batch adds to the per-class sums of an epoch, `[classes]` or `[classes, columns]` each. Traced. */
export function perClassSums(
  { estimator, strategy }: Pick<TrainingParts, 'estimator' | 'strategy'>,
  trajectory: Tensors,
  lossInputs: LossInputs,
  logits: Partial<Record<LossInput, tf.Tensor2D>>,
  terms: readonly LossTerm[],
): Tensors {
  const { oneHotLabels, labels } = lossInputs;
  const unweighted = terms
    .map((term) => tf.mul(term.perExampleLoss, term.coefficient))
    .reduce((sum, term) => tf.add(sum, term));
  const sums: Record<string, tf.Tensor> = {
    counts: tf.sum(oneHotLabels, 0),
    loss: sumPerClass(unweighted, oneHotLabels),
  };
  if (logits.studentCleanLogits) {
    sums.cleanCorrect = sumPerClass(correct(logits.studentCleanLogits, labels), oneHotLabels);
  }
  if (logits.studentAdversarialLogits) {
    sums.robustCorrect = sumPerClass(correct(logits.studentAdversarialLogits, labels), oneHotLabels);
  }
  if (estimator) {
    const own = accumulatorsOf(trajectory, 'estimator');
    sums.estimator = sumPerClass(estimator.perExample({ ...lossInputs, trajectory: own }), oneHotLabels);
  }
  if (strategy?.measure) {
    sums.measured = sumPerClass(strategy.measure.perExample(lossInputs), oneHotLabels);
  }
  return sums;
}

/** `[batch]` to `[classes]`, or `[batch, columns]` to `[classes, columns]`. */
function sumPerClass(values: tf.Tensor, oneHotLabels: tf.Tensor2D): tf.Tensor {
  const columns = values.rank === 1 ? tf.expandDims(values, 1) : values;
  const sums = tf.matMul(oneHotLabels, columns as tf.Tensor2D, true, false);
  return values.rank === 1 ? tf.reshape(sums, [sums.shape[0]!]) : sums;
}

function correct(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32') as tf.Tensor1D;
}
