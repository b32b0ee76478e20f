import { negativeEntropy, stopGradient } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';

type Temperatures = Readonly<Record<'teacherTemperature' | 'cleanTeacherTemperature', tf.Tensor>>;

export interface TemperatureInputs {
  readonly state: Readonly<Record<string, tf.Tensor>>;
  /** Logits of the robust teacher on adversarial images and of the clean one on clean images, tempered. */
  readonly adversarial: tf.Tensor2D;
  readonly clean: tf.Tensor2D;
  readonly rate: tf.Scalar;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * One step of B-MTARD's temperatures: with `h = mean p ln(p + 1e-5)` of each tempered teacher,
 *
 *     τ ← clip(τ − rate · sign(h / h of the other − 1), minimum, maximum)
 *
 * so that the surer teacher gets softer. The mean is over all examples alike, whatever their class weight. Traced.
 */
export function updateTemperatures(inputs: TemperatureInputs): Temperatures {
  const { state, rate, minimum, maximum } = inputs;
  const certainty = (logits: tf.Tensor2D): tf.Tensor =>
    tf.mean(negativeEntropy(stopGradient(logits), { classReduction: 'mean' }));
  const [ofTeacher, ofCleanTeacher] = [certainty(inputs.adversarial), certainty(inputs.clean)];
  const moved = (temperature: tf.Tensor, own: tf.Tensor, other: tf.Tensor): tf.Tensor =>
    tf.clipByValue(
      tf.sub(temperature, tf.mul(rate, tf.sign(tf.sub(tf.div(own, other), 1)))),
      minimum,
      maximum,
    );
  return {
    teacherTemperature: moved(state.teacherTemperature!, ofTeacher, ofCleanTeacher),
    cleanTeacherTemperature: moved(state.cleanTeacherTemperature!, ofCleanTeacher, ofTeacher),
  };
}
