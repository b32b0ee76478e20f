import * as tf from '@tensorflow/tfjs-core';
import { knobNames, type KnobName } from '../contracts/knobs.js';
import type { ImageKind, LossInputs } from '../contracts/method.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { accumulatorsOf } from './observers.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

export interface LossScope {
  readonly logits: Tensors;
  readonly labels: tf.Tensor1D;
  readonly classes: number;
  /** `[classes]` each. */
  readonly knobs: Readonly<Record<KnobName, tf.Tensor1D>>;
  readonly trajectory: Tensors;
  readonly methodState: Tensors;
  readonly learningRateFactor: tf.Scalar;
  readonly meanOver: ReweightingStrategy['meanOver'];
}

/** What losses see: knobs gathered by label, and the mean that the trainer takes. Traced. */
export function tracedLossInputs(scope: LossScope): LossInputs {
  const { labels, classes, meanOver } = scope;
  const oneHotLabels = tf.oneHot(labels, classes) as tf.Tensor2D;
  const knobs = mapKnobs((name) => perExample(scope.knobs[name], oneHotLabels));
  const weightOf = (on: ImageKind | undefined): tf.Tensor => {
    if (on === undefined) return knobs.lossWeight;
    return tf.mul(knobs.lossWeight, on === 'clean' ? knobs.cleanWeight : knobs.robustWeight);
  };
  return {
    logits: scope.logits as LossInputs['logits'],
    labels,
    oneHotLabels,
    knobs,
    trajectory: accumulatorsOf(scope.trajectory, 'method'),
    state: scope.methodState,
    learningRateFactor: scope.learningRateFactor,
    weightedMean(values, on) {
      const weight = weightOf(on);
      const mean = tf.mean<tf.Scalar>(tf.mul(values, weight));
      return meanOver === 'weights' ? tf.div(mean, tf.mean(weight)) : mean;
    },
  };
}

/** The value of each example's class; a sum with one term, hence exact. */
function perExample(perClass: tf.Tensor1D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(oneHotLabels, perClass), 1);
}

function mapKnobs<Value>(fn: (name: KnobName) => Value): Record<KnobName, Value> {
  return Object.fromEntries(knobNames.map((name) => [name, fn(name)])) as Record<KnobName, Value>;
}
