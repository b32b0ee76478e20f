import type { Batch } from '../contracts/batch.js';
import type { Compiled, Concrete } from '../contracts/engine.js';
import { knobNames } from '../contracts/knobs.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { ClassResults } from '../contracts/strategy.js';
import { hostArray, hostScalar } from '../nd-array.js';
import type { StepSums } from './epoch-sums.js';
import { createInnerAttack } from './inner-attack.js';
import { neededInputs } from './needed-inputs.js';
import { phaseAt } from './phases.js';
import { createTeacherLogits } from './teacher-logits.js';
import { trainStep, type TrainStepInputs, type TrainStepOutputs } from './train-step.js';
import type { TrainingParts } from './training-parts.js';
import type { TrainingState } from './training-state.js';
import { createValidation } from './validation.js';

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
  /** Results on the held-out images, which there must be. */
  validate(state: TrainingState): Promise<ClassResults>;
  dispose(): Promise<void>;
}

export function createTrainingSession(parts: TrainingParts, initial: TrainingState): TrainingSession {
  const { engine, method, innerAttack, teachers } = parts;
  const owned: { dispose(): Promise<void> }[] = [];
  const own = <T extends { dispose(): Promise<void> }>(thing: T): T => {
    owned.push(thing);
    return thing;
  };

  const attack =
    innerAttack &&
    own(
      createInnerAttack({
        engine,
        student: parts.student,
        variables: initial.student,
        ...innerAttack,
        observers: {
          ...(method.trajectory ? { method: method.trajectory } : {}),
          ...(parts.estimator?.trajectory ? { estimator: parts.estimator.trajectory } : {}),
        },
        teacher: teachers.teacher,
        turned: parts.strategy?.knobs ?? [],
        stepSizeOf: parts.strategy?.stepSizeOf,
      }),
    );
  const teacherLogits = own(createTeacherLogits(parts));
  const validation = parts.validation && own(createValidation(parts, initial, teacherLogits));
  const phases = new Map<string, Compiled<TrainStepInputs, TrainStepOutputs>>();
  const update = (phase: string): Compiled<TrainStepInputs, TrainStepOutputs> => {
    const known = phases.get(phase);
    if (known) return known;
    const compiled = own(engine.compile(trainStep(parts, phase), { name: `train-step ${phase}`.trim() }));
    phases.set(phase, compiled);
    return compiled;
  };

  return {
    async step(state, batch, learningRateFactor) {
      const { epoch, knobs } = state.progress;
      const phase = phaseAt(method, epoch);
      const needs = neededInputs({ ...parts, objective: innerAttack?.objective }, phase);
      const clean = await teacherLogits.of('Clean', batch.images, needs);
      const attacked = await attack?.run(
        state.student,
        batch,
        knobs,
        clean,
        parts.random.derive('attack', epoch),
        epoch,
      );
      const student = attacked?.student ?? state.student;
      const inputs = {
        student: { ...student },
        optimizer: state.optimizer,
        methodState: state.methodState,
        images: batch.images,
        adversarial: attacked ? { images: attacked.adversarial } : {},
        labels: batch.labels,
        teacherLogits: {
          ...clean,
          ...(attacked ? await teacherLogits.of('Adversarial', attacked.adversarial, needs) : {}),
        },
        trajectory: attacked?.trajectory ?? {},
        knobs: Object.fromEntries(
          knobNames.map((name) => [name, hostArray(Float32Array.from(knobs[name]), [knobs[name].length])]),
        ),
        learningRate: hostScalar(parts.optimizer.learningRate * learningRateFactor),
        learningRateFactor: hostScalar(learningRateFactor),
      };
      const outputs = await update(phase)(inputs as unknown as Concrete<TrainStepInputs>);
      return readResult(outputs, batch.ids.length);
    },
    validate: (state) => validation!.run(state),
    async dispose() {
      await Promise.all(owned.map((thing) => thing.dispose()));
    },
  };
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
      ...(await optional('measured')),
    },
    squaredParameterNorm: await scalar(outputs.squaredParameterNorm),
  };
}
