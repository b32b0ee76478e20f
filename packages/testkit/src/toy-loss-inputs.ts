import type { LossInputs, Method } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

/** Two examples of three classes with labels 0 and 1; hand-made logits of every network on every kind of image. */
const logits = {
  studentCleanLogits: [2, 1, 0.1, 0.5, 2.5, 0],
  studentAdversarialLogits: [1, 1.2, 0.1, 0.5, 1.5, 1],
  teacherCleanLogits: [3, 0.5, -0.5, 0, 3, 1],
  teacherAdversarialLogits: [1.5, 1, -0.5, 0, 2, 1],
  cleanTeacherCleanLogits: [4, 0, -1, 0, 4, 0],
  cleanTeacherAdversarialLogits: [4, 0, -1, 0, 4, 0],
} as const;

export interface ToyLossOptions {
  /** Loss weight of each example, `[2]`; neutral unless given. */
  readonly lossWeight?: readonly [number, number];
  /** The other class knobs of each example, `[2]`; neutral unless given. */
  readonly beta?: readonly [number, number];
  readonly temperature?: readonly [number, number];
  readonly cleanTemperature?: readonly [number, number];
  readonly cleanWeight?: readonly [number, number];
  readonly robustWeight?: readonly [number, number];
  /** Replaces logits, for instance by tensors that a gradient is taken for. */
  readonly logits?: Partial<LossInputs['logits']>;
  /** Accumulators of the method's own observer, and its running state; empty unless given. */
  readonly trajectory?: LossInputs['trajectory'];
  readonly state?: LossInputs['state'];
  /** 1 unless given. */
  readonly learningRateFactor?: number;
}

/** What a method's loss sees, for the toy batch whose losses are known to ten digits (for a first test of a method). */
export function toyLossInputs(options: ToyLossOptions = {}): LossInputs {
  const perExample = (values: readonly number[] = [1, 1]): tf.Tensor1D => tf.tensor1d([...values]);
  const knobs = {
    lossWeight: perExample(options.lossWeight),
    cleanWeight: perExample(options.cleanWeight),
    robustWeight: perExample(options.robustWeight),
    epsilon: perExample(),
    stepSize: perExample(),
    beta: perExample(options.beta),
    temperature: perExample(options.temperature),
    cleanTemperature: perExample(options.cleanTemperature),
  };
  const matrices = Object.fromEntries(
    Object.entries(logits).map(([name, values]) => [name, tf.tensor2d([...values], [2, 3])]),
  ) as unknown as LossInputs['logits'];
  return {
    logits: { ...matrices, ...options.logits },
    labels: tf.tensor1d([0, 1], 'int32'),
    oneHotLabels: tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]),
    knobs,
    trajectory: options.trajectory ?? {},
    state: options.state ?? {},
    learningRateFactor: tf.scalar(options.learningRateFactor ?? 1),
    weightedMean: (values, on) => {
      const weight =
        on === undefined
          ? knobs.lossWeight
          : tf.mul(knobs.lossWeight, on === 'clean' ? knobs.cleanWeight : knobs.robustWeight);
      return tf.mean(tf.mul(values, weight));
    },
  };
}

/** The scalar that the trainer differentiates: weighted means of the terms, times their coefficients, summed. */
export function totalLoss(method: Method, inputs: LossInputs, phase = ''): tf.Scalar {
  return method
    .loss(inputs, phase)
    .terms.map((term) => tf.mul(inputs.weightedMean(term.perExampleLoss, term.on), term.coefficient))
    .reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
}
