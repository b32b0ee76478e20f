import type * as tf from '@tensorflow/tfjs-core';
import type { LossInput, Method, StudentPass } from '../contracts/method.js';
import type { Mode, Model, TensorVariables } from '../contracts/model.js';
import { accumulatorsOf } from './observers.js';
import { logitsOf } from './phases.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What each kind of pass sees in a step; only clean images where there is no attack. Traced. */
export function imagesOfPasses(
  { collect }: Method,
  clean: tf.Tensor4D,
  adversarial: tf.Tensor4D | undefined,
  trajectory: Tensors,
): Readonly<Partial<Record<StudentPass, tf.Tensor4D>>> {
  if (!adversarial) return { clean };
  if (!collect) return { clean, adversarial };
  return { clean, ...collect({ trajectory: accumulatorsOf(trajectory, 'method'), adversarial }) };
}

/** Passes of the student in the method's order, each handing its statistics to the next. Traced. */
export function studentPasses(
  student: Model,
  variables: TensorVariables,
  passes: readonly StudentPass[],
  images: Readonly<Partial<Record<StudentPass, tf.Tensor4D>>>,
  mode: Mode,
): { logits: Partial<Record<LossInput, tf.Tensor2D>>; statistics: Tensors } {
  const logits: Partial<Record<LossInput, tf.Tensor2D>> = {};
  const { parameters } = variables;
  let { statistics } = variables;
  for (const pass of passes) {
    const forward = student.apply({ parameters, statistics }, images[pass]!, mode);
    statistics = forward.statistics;
    logits[logitsOf[pass]] = forward.logits;
  }
  return { logits, statistics };
}
