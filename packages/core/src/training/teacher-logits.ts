import type * as tf from '@tensorflow/tfjs-core';
import type { LossInput, TeacherRole } from '../contracts/method.js';
import type { TensorVariables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { TrainingParts } from './training-parts.js';

export interface TeacherLogits {
  /** Logits of the teachers on clean or adversarial images, as far as they are among `needs`. */
  of(
    kind: 'Clean' | 'Adversarial',
    images: NdArray,
    needs: ReadonlySet<LossInput>,
  ): Promise<Readonly<Record<string, NdArray>>>;
  dispose(): Promise<void>;
}

/** One compiled forward pass per teacher, shared by whoever wants its logits. */
export function createTeacherLogits({
  engine,
  teachers,
}: Pick<TrainingParts, 'engine' | 'teachers'>): TeacherLogits {
  const forwards = Object.entries(teachers).map(([role, network]) => ({
    role: role as TeacherRole,
    variables: network.variables,
    forward: engine.compile(
      (inputs: { teacher: TensorVariables; images: tf.Tensor4D }) => ({
        logits: network.model.apply(inputs.teacher, inputs.images, 'eval').logits,
      }),
      { name: `${role}-logits`, frozen: ['teacher'] },
    ),
  }));
  return {
    async of(kind, images, needs) {
      const logits: Record<string, NdArray> = {};
      for (const { role, variables, forward } of forwards) {
        const name = `${role}${kind}Logits` as LossInput;
        if (needs.has(name)) {
          logits[name] = (await forward({ teacher: { ...variables }, images })).logits;
        }
      }
      return logits;
    },
    async dispose() {
      await Promise.all(forwards.map(({ forward }) => forward.dispose()));
    },
  };
}
