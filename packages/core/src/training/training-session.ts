import type * as tf from '@tensorflow/tfjs-core';
import type { AttackBatch } from '../contracts/attack.js';
import type { Batch } from '../contracts/batch.js';
import type { Compiled, Concrete } from '../contracts/engine.js';
import { knobNames } from '../contracts/knobs.js';
import type { LossInput, TeacherRole } from '../contracts/method.js';
import type { TensorVariables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import { hostArray, hostScalar } from '../nd-array.js';
import type { StepSums } from './epoch-sums.js';
import { trainStep, type TrainStepInputs, type TrainStepOutputs } from './train-step.js';
import type { TrainingParts } from './training-parts.js';
import type { TrainingState } from './training-state.js';
import { createVictim } from './victim.js';

type Arrays = Readonly<Record<string, NdArray>>;

export interface StepResult {
  readonly state: Pick<TrainingState, 'student' | 'optimizer' | 'methodState'>;
  readonly sums: StepSums;
  /** Square of the global norm of the new parameters. */
  readonly squaredParameterNorm: number;
}

/** The compiled functions of a training, and one step made of them. */
export interface TrainingSession {
  /** @param learningRateFactor of the schedule, on the optimizer's learning rate */
  step(state: TrainingState, batch: Batch, learningRateFactor: number): Promise<StepResult>;
  dispose(): Promise<void>;
}

export function createTrainingSession(parts: TrainingParts, initial: TrainingState): TrainingSession {
  const { engine, method, innerAttack, teachers } = parts;
  const owned: { dispose(): Promise<void> }[] = [];
  const own = <T extends { dispose(): Promise<void> }>(thing: T): T => {
    owned.push(thing);
    return thing;
  };

  const observers = {
    ...(method.trajectory ? { method: method.trajectory } : {}),
    ...(parts.estimator?.trajectory ? { estimator: parts.estimator.trajectory } : {}),
  };
  const victim =
    innerAttack &&
    own(
      createVictim({
        engine,
        model: parts.student,
        variables: initial.student,
        mode: innerAttack.mode,
        objective: innerAttack.objective,
        observers,
        ...(teachers.teacher ? { teacher: teachers.teacher } : {}),
      }),
    );
  const attack = victim && innerAttack.attack.prepare(victim);

  const teacherForwards = new Map<TeacherRole, (images: NdArray) => Promise<NdArray>>();
  for (const [role, network] of Object.entries(teachers)) {
    const forward = own(
      engine.compile(
        (inputs: { teacher: TensorVariables; images: tf.Tensor4D }) => ({
          logits: network.model.apply(inputs.teacher, inputs.images, 'eval').logits,
        }),
        { name: `${role}-logits`, frozen: ['teacher'] },
      ),
    );
    teacherForwards.set(
      role as TeacherRole,
      async (images) => (await forward({ teacher: { ...network.variables }, images })).logits,
    );
  }

  const needs = new Set<LossInput>([...method.needs, ...(parts.estimator?.needs ?? [])]);
  const phases = new Map<string, Compiled<TrainStepInputs, TrainStepOutputs>>();
  const update = (phase: string): Compiled<TrainStepInputs, TrainStepOutputs> => {
    const known = phases.get(phase);
    if (known) return known;
    const compiled = own(engine.compile(trainStep(parts, phase), { name: `train-step ${phase}`.trim() }));
    phases.set(phase, compiled);
    return compiled;
  };

  /** Logits of the teachers on clean or adversarial images, as far as somebody needs them. */
  async function teacherLogits(
    kind: 'Clean' | 'Adversarial',
    images: NdArray,
    also?: LossInput,
  ): Promise<Arrays> {
    const logits: Record<string, NdArray> = {};
    for (const [role, forward] of teacherForwards) {
      const name = `${role}${kind}Logits` as LossInput;
      if (needs.has(name) || name === also) logits[name] = await forward(images);
    }
    return logits;
  }

  return {
    async step(state, batch, learningRateFactor) {
      const { epoch, knobs } = state.progress;
      const references = innerAttack?.objective.references ?? [];
      const clean = await teacherLogits(
        'Clean',
        batch.images,
        references.includes('teacherCleanLogits') ? 'teacherCleanLogits' : undefined,
      );
      let student = state.student;
      let adversarial: Record<string, NdArray> = {};
      let trajectory: Arrays = {};
      if (victim && attack && innerAttack) {
        victim.use(student);
        const attackBatch: AttackBatch = {
          images: batch.images,
          labels: batch.labels,
          epsilon: epsilonPerExample(innerAttack.attack.epsilon, knobs.epsilon, batch),
          references: {
            ...(references.includes('teacherCleanLogits')
              ? { teacherCleanLogits: clean.teacherCleanLogits! }
              : {}),
            ...(references.includes('studentCleanLogits')
              ? { studentCleanLogits: await victim.cleanLogits(batch.images) }
              : {}),
          },
        };
        const result = await attack(attackBatch, {
          random: parts.random.derive('attack', epoch),
          ids: batch.ids,
          trajectory: await victim.startTrajectory(attackBatch),
        });
        adversarial = { images: result.adversarial };
        trajectory = result.trajectory;
        student = victim.current();
      }
      const inputs = {
        student: { ...student },
        optimizer: state.optimizer,
        methodState: state.methodState,
        images: batch.images,
        adversarial,
        labels: batch.labels,
        teacherLogits: {
          ...clean,
          ...(adversarial.images ? await teacherLogits('Adversarial', adversarial.images) : {}),
        },
        trajectory,
        knobs: Object.fromEntries(
          knobNames.map((name) => [name, hostArray(Float32Array.from(knobs[name]), [knobs[name].length])]),
        ),
        learningRate: hostScalar(parts.optimizer.learningRate * learningRateFactor),
        learningRateFactor: hostScalar(learningRateFactor),
      };
      const outputs = await update(method.phase?.(epoch) ?? '')(
        inputs as unknown as Concrete<TrainStepInputs>,
      );
      return readResult(outputs, batch.ids.length);
    },
    async dispose() {
      await Promise.all(owned.map((thing) => thing.dispose()));
    },
  };
}

function epsilonPerExample(epsilon: number, perClass: readonly number[], batch: Batch): NdArray {
  const labels = batch.labels.data;
  return hostArray(
    Float32Array.from(labels, (label) => epsilon * perClass[label]!),
    [labels.length],
  );
}

async function readResult(outputs: Concrete<TrainStepOutputs>, examples: number): Promise<StepResult> {
  const scalar = async (array: NdArray): Promise<number> => (await array.read())[0]!;
  const perClass = outputs.perClass as Arrays;
  const optional = async (name: string) => (perClass[name] ? { [name]: await perClass[name].read() } : {});
  const terms: Record<string, number> = {};
  for (const [name, mean] of Object.entries(outputs.terms as Arrays)) terms[name] = await scalar(mean);
  return {
    state: {
      student: outputs.student as unknown as TrainingState['student'],
      optimizer: outputs.optimizer as Arrays,
      methodState: outputs.methodState as Arrays,
    },
    sums: {
      examples,
      loss: await scalar(outputs.loss),
      terms,
      counts: await perClass.counts!.read(),
      lossPerClass: await perClass.loss!.read(),
      ...(await optional('cleanCorrect')),
      ...(await optional('robustCorrect')),
      ...(await optional('estimator')),
    },
    squaredParameterNorm: await scalar(outputs.squaredParameterNorm),
  };
}
