import * as tf from '@tensorflow/tfjs-core';
import type { Engine, TensorRecord } from '../contracts/engine.js';
import type { Model, Variables } from '../contracts/model.js';
import { hostScalar } from '../nd-array.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A running average of a network's values, parameters and statistics alike; counters are the student's. */
export interface WeightAverage {
  /** `keep · average + (1 − keep) · student`; the student itself when there is no average yet. */
  update(average: Variables | undefined, student: Variables, keep: number): Promise<Variables>;
  dispose(): Promise<void>;
}

export function createWeightAverage(engine: Engine, { variables }: Pick<Model, 'variables'>): WeightAverage {
  // counters, such as num_batches_tracked, are no quantities that an average makes sense of
  const counters = variables.filter(({ storage }) => storage === 'int64').map(({ name }) => name);
  const mix = (average: Tensors, student: Tensors, keep: tf.Scalar): Tensors =>
    Object.fromEntries(
      Object.entries(average).map(([name, value]) => [
        name,
        counters.includes(name)
          ? tf.clone(student[name]!)
          : tf.add(tf.mul(value, keep), tf.mul(student[name]!, tf.sub(1, keep))),
      ]),
    );
  const blend = engine.compile(
    ({ average, student, keep }: { average: TensorRecord; student: TensorRecord; keep: tf.Scalar }) => ({
      parameters: mix(average.parameters as Tensors, student.parameters as Tensors, keep),
      statistics: mix(average.statistics as Tensors, student.statistics as Tensors, keep),
    }),
    { name: 'weight-average' },
  );
  return {
    update: async (average, student, keep) =>
      average === undefined
        ? student
        : await blend({ average: { ...average }, student: { ...student }, keep: hostScalar(keep) }),
    dispose: () => blend.dispose(),
  };
}
