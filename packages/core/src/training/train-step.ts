import * as tf from '@tensorflow/tfjs-core';
import { knobNames, type KnobName } from '../contracts/knobs.js';
import type { LossInput, LossInputs, LossTerm, Method } from '../contracts/method.js';
import type { TensorVariables } from '../contracts/model.js';
import { accumulatorsOf } from './observers.js';
import type { TrainingParts } from './training-parts.js';
import { valueAndGradients } from './value-and-gradients.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

export interface TrainStepInputs {
  readonly student: TensorVariables;
  /** State of the optimizer. */
  readonly optimizer: Tensors;
  readonly methodState: Tensors;
  readonly images: tf.Tensor4D;
  /** Adversarial images; absent when the method trains on clean ones only. */
  readonly adversarial: Readonly<Record<string, tf.Tensor4D>>;
  readonly labels: tf.Tensor1D;
  /** Teacher logits that the method or the estimator needs. */
  readonly teacherLogits: Tensors;
  /** Final accumulators of the inner attack's observers. */
  readonly trajectory: Tensors;
  /** `[classes]` each. */
  readonly knobs: Readonly<Record<KnobName, tf.Tensor1D>>;
  readonly learningRate: tf.Scalar;
  /** The schedule's part of it. */
  readonly learningRateFactor: tf.Scalar;
  readonly [key: string]: tf.Tensor | Tensors | TensorVariables;
}

export interface TrainStepOutputs {
  readonly student: TensorVariables;
  readonly optimizer: Tensors;
  readonly methodState: Tensors;
  readonly loss: tf.Scalar;
  /** Square of the global norm of the updated parameters; finite unless training has broken down. */
  readonly squaredParameterNorm: tf.Scalar;
  /** Weighted mean of each term before its coefficient. */
  readonly terms: Tensors;
  /** `[classes]` or `[classes, columns]`: sums over the batch. */
  readonly perClass: Tensors;
  readonly [key: string]: tf.Tensor | Tensors | TensorVariables;
}

/**
 * One training step as one pure function: student passes, per-example losses, class knobs, mean, gradients and
 * the optimizer's update (design.md 6). The weighted mean divides by the batch size, not by the sum of weights,
 * as the papers' code does.
 */
export function trainStep(
  parts: Pick<TrainingParts, 'student' | 'method' | 'estimator' | 'optimizer'>,
  phase: string,
): (inputs: TrainStepInputs) => TrainStepOutputs {
  const { student, method, optimizer } = parts;
  return (inputs) => {
    const oneHotLabels = tf.oneHot(inputs.labels, student.classes) as tf.Tensor2D;
    const knobs = mapKnobs((name) => perExample(inputs.knobs[name], oneHotLabels));
    const pass = valueAndGradients(() => {
      const forward = studentPasses(parts, inputs, phase);
      const lossInputs: LossInputs = {
        logits: { ...inputs.teacherLogits, ...forward.logits } as Record<LossInput, tf.Tensor2D>,
        labels: inputs.labels,
        oneHotLabels,
        knobs,
        trajectory: accumulatorsOf(inputs.trajectory, 'method'),
        state: inputs.methodState,
        learningRateFactor: inputs.learningRateFactor,
        weightedMean: (values) => tf.mean(tf.mul(values, knobs.lossWeight)),
      };
      const { terms, state } = method.loss(lossInputs, phase);
      const reduced = terms.map((term) => lossInputs.weightedMean(term.perExampleLoss));
      const value = terms
        .map((term, index) => tf.mul(reduced[index]!, term.coefficient))
        .reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
      const perClass = perClassSums(parts, inputs, lossInputs, forward.logits, terms);
      return {
        value,
        auxiliary: {
          ...prefixed('statistics', forward.statistics),
          ...prefixed('methodState', state ?? inputs.methodState),
          ...prefixed('terms', Object.fromEntries(terms.map((term, index) => [term.name, reduced[index]!]))),
          ...prefixed('perClass', perClass),
        },
      };
    }, inputs.student.parameters);
    const updated = optimizer.update({
      parameters: inputs.student.parameters,
      gradients: pass.gradients,
      state: inputs.optimizer,
      learningRate: inputs.learningRate,
    });
    return {
      student: { parameters: updated.parameters, statistics: accumulatorsOf(pass.auxiliary, 'statistics') },
      optimizer: updated.state,
      methodState: accumulatorsOf(pass.auxiliary, 'methodState'),
      loss: pass.value,
      squaredParameterNorm: squaredNorm(Object.values(updated.parameters)),
      terms: accumulatorsOf(pass.auxiliary, 'terms'),
      perClass: accumulatorsOf(pass.auxiliary, 'perClass'),
    };
  };
}

/** Train-mode passes in the method's order, each handing its statistics to the next. */
function studentPasses(
  { student, method }: { student: TrainingParts['student']; method: Method },
  inputs: TrainStepInputs,
  phase: string,
): { logits: Partial<Record<LossInput, tf.Tensor2D>>; statistics: Tensors } {
  const logits: Partial<Record<LossInput, tf.Tensor2D>> = {};
  let { statistics } = inputs.student;
  for (const pass of method.passesInPhase?.(phase) ?? method.studentPasses) {
    const images = pass === 'clean' ? inputs.images : inputs.adversarial.images!;
    const forward = student.apply({ parameters: inputs.student.parameters, statistics }, images, 'train');
    statistics = forward.statistics;
    logits[pass === 'clean' ? 'studentCleanLogits' : 'studentAdversarialLogits'] = forward.logits;
  }
  return { logits, statistics };
}

function perClassSums(
  { estimator }: Pick<TrainingParts, 'estimator'>,
  inputs: TrainStepInputs,
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
    const trajectory = accumulatorsOf(inputs.trajectory, 'estimator');
    sums.estimator = sumPerClass(estimator.perExample({ ...lossInputs, trajectory }), oneHotLabels);
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

/** The value of each example's class; a sum with one term, hence exact. */
function perExample(perClass: tf.Tensor1D, oneHotLabels: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(oneHotLabels, perClass), 1);
}

function squaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tensors
    .map((tensor) => tf.sum(tf.square(tensor)))
    .reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]));
}

function mapKnobs<Value>(fn: (name: KnobName) => Value): Record<KnobName, Value> {
  return Object.fromEntries(knobNames.map((name) => [name, fn(name)])) as Record<KnobName, Value>;
}
