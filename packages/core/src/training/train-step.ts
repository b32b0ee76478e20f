import * as tf from '@tensorflow/tfjs-core';
import type { KnobName } from '../contracts/knobs.js';
import type { TensorVariables } from '../contracts/model.js';
import { accumulatorsOf } from './observers.js';
import { passesOf } from './phases.js';
import { perClassSums } from './per-class-sums.js';
import { imagesOfPasses, studentPasses } from './student-passes.js';
import { tracedLossInputs } from './traced-loss-inputs.js';
import type { TrainingParts } from './training-parts.js';
import { valueAndGradients } from './value-and-gradients.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What the loss of a batch is computed from, in training and on held-out images. */
export interface LossStepInputs {
  readonly student: TensorVariables;
  readonly methodState: Tensors;
  readonly images: tf.Tensor4D;
  /** Adversarial images; absent when the method has no inner attack. */
  readonly adversarial: Readonly<Record<string, tf.Tensor4D>>;
  readonly labels: tf.Tensor1D;
  /** Teacher logits that the method or the estimator needs. */
  readonly teacherLogits: Tensors;
  /** Final accumulators of the inner attack's observers. */
  readonly trajectory: Tensors;
  /** `[classes]` each. */
  readonly knobs: Readonly<Record<KnobName, tf.Tensor1D>>;
  /** The schedule's part of the learning rate. */
  readonly learningRateFactor: tf.Scalar;
  readonly [key: string]: tf.Tensor | Tensors | TensorVariables;
}

export interface TrainStepInputs extends LossStepInputs {
  /** State of the optimizer. */
  readonly optimizer: Tensors;
  readonly learningRate: tf.Scalar;
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
 * as most papers' code does; a strategy may want the other.
 */
export function trainStep(
  parts: Pick<TrainingParts, 'student' | 'method' | 'estimator' | 'strategy' | 'optimizer'>,
  phase: string,
): (inputs: TrainStepInputs) => TrainStepOutputs {
  const { student, method, strategy, optimizer } = parts;
  return (inputs) => {
    const pass = valueAndGradients(() => {
      const forward = studentPasses(
        student,
        inputs.student,
        passesOf(method, phase),
        imagesOfPasses(method, inputs.images, inputs.adversarial.images, inputs.trajectory),
        'train',
      );
      const lossInputs = tracedLossInputs({
        logits: { ...inputs.teacherLogits, ...forward.logits },
        labels: inputs.labels,
        classes: student.classes,
        knobs: inputs.knobs,
        trajectory: inputs.trajectory,
        methodState: inputs.methodState,
        learningRateFactor: inputs.learningRateFactor,
        meanOver: strategy?.meanOver,
      });
      const { terms, state } = method.loss(lossInputs, phase);
      const reduced = terms.map((term) => ({
        ...term,
        value: lossInputs.weightedMean(term.perExampleLoss, term.on),
      }));
      const regulariser = strategy?.regulariser;
      const all = [
        ...reduced,
        ...(regulariser ? [{ ...regulariser, value: regulariser.value(lossInputs) }] : []),
      ];
      const value = all
        .map((term) => tf.mul(term.value, term.coefficient))
        .reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
      const perClass = perClassSums(parts, inputs.trajectory, lossInputs, forward.logits, terms);
      return {
        value,
        auxiliary: {
          ...prefixed('statistics', forward.statistics),
          ...prefixed('methodState', state ?? inputs.methodState),
          ...prefixed('terms', Object.fromEntries(all.map((term) => [term.name, term.value]))),
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

function squaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tensors
    .map((tensor) => tf.sum(tf.square(tensor)))
    .reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]));
}
