import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Concrete } from '../contracts/engine.js';
import { knobNames, neutralKnobs } from '../contracts/knobs.js';
import type { StudentPass } from '../contracts/method.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { ClassResults } from '../contracts/strategy.js';
import { hostArray, hostScalar } from '../nd-array.js';
import { addStep, classResults, noSums } from './epoch-sums.js';
import { createInnerAttack } from './inner-attack.js';
import { neededInputs } from './needed-inputs.js';
import { phaseAt } from './phases.js';
import { perClassSums } from './per-class-sums.js';
import { imagesOfPasses, studentPasses } from './student-passes.js';
import type { TeacherLogits } from './teacher-logits.js';
import { tracedLossInputs } from './traced-loss-inputs.js';
import type { LossStepInputs } from './train-step.js';
import type { TrainingParts } from './training-parts.js';
import type { TrainingState } from './training-state.js';

type Arrays = Readonly<Record<string, NdArray>>;
type Tensors = Readonly<Record<string, tf.Tensor>>;

export interface Validation {
  /** Per-class accuracy and loss of the student on the held-out images. */
  run(state: TrainingState): Promise<ClassResults>;
  dispose(): Promise<void>;
}

/**
 * The student in eval mode on held-out images: the attack that the strategy wants for them, or else the inner one,
 * and the method's loss, all with neutral knobs.
 */
export function createValidation(
  parts: TrainingParts,
  initial: TrainingState,
  teacherLogits: TeacherLogits,
): Validation {
  const { engine, student, method, teachers } = parts;
  const { classes } = student;
  const knobs = neutralKnobs(classes);
  const attackParts = parts.validationAttack ?? parts.innerAttack;
  const attack =
    attackParts &&
    createInnerAttack({
      engine,
      student,
      variables: initial.student,
      attack: attackParts.attack,
      objective: attackParts.objective,
      mode: 'eval',
      observers: method.trajectory ? { method: method.trajectory } : {},
      teacher: teachers.teacher,
      turned: [],
    });
  const phases = new Map<string, Compiled<LossStepInputs, Tensors>>();
  const measure = (phase: string): Compiled<LossStepInputs, Tensors> => {
    const known = phases.get(phase);
    if (known) return known;
    const compiled = engine.compile(validationStep(parts, phase), {
      name: `validation ${phase}`.trim(),
      frozen: ['student'],
    });
    phases.set(phase, compiled);
    return compiled;
  };

  return {
    async run(state) {
      const batches = parts.validation!;
      const phase = phaseAt(method, state.progress.epoch);
      const needs = neededInputs({ method, objective: attackParts?.objective }, phase);
      const random = parts.random.derive('validation', state.progress.epoch);
      let sums = noSums(classes);
      for (let step = 0; step < batches.stepsPerEpoch; step++) {
        const batch = await batches.batch(0, step);
        const clean = await teacherLogits.of('Clean', batch.images, needs);
        const attacked = await attack?.run(state.student, batch, knobs, clean, random, state.progress.epoch);
        const outputs = (await measure(phase)({
          student: { ...state.student },
          methodState: state.methodState,
          images: batch.images,
          adversarial: attacked ? { images: attacked.adversarial } : {},
          labels: batch.labels,
          teacherLogits: {
            ...clean,
            ...(attacked ? await teacherLogits.of('Adversarial', attacked.adversarial, needs) : {}),
          },
          trajectory: attacked?.trajectory ?? {},
          knobs: Object.fromEntries(knobNames.map((name) => [name, ones(classes)])),
          learningRateFactor: hostScalar(1),
        } as unknown as Concrete<LossStepInputs>)) as Arrays;
        sums = addStep(sums, {
          examples: batch.ids.length,
          loss: 0,
          terms: {},
          counts: await outputs.counts!.read(),
          lossPerClass: await outputs.loss!.read(),
          cleanCorrect: await outputs.cleanCorrect?.read(),
          robustCorrect: await outputs.robustCorrect?.read(),
        });
      }
      return classResults(sums);
    },
    async dispose() {
      await Promise.all([attack?.dispose(), ...[...phases.values()].map((compiled) => compiled.dispose())]);
    },
  };
}

function validationStep(
  { student, method }: TrainingParts,
  phase: string,
): (inputs: LossStepInputs) => Tensors {
  return (inputs) => {
    // accuracy of both kinds, whatever the loss looks at
    const images = imagesOfPasses(method, inputs.images, inputs.adversarial.images, inputs.trajectory);
    const passes = Object.keys(images) as StudentPass[];
    const { logits } = studentPasses(student, inputs.student, passes, images, 'eval');
    const lossInputs = tracedLossInputs({
      logits: { ...inputs.teacherLogits, ...logits },
      labels: inputs.labels,
      classes: student.classes,
      knobs: inputs.knobs,
      trajectory: inputs.trajectory,
      methodState: inputs.methodState,
      learningRateFactor: inputs.learningRateFactor,
      meanOver: 'examples',
    });
    const { terms } = method.loss(lossInputs, phase);
    return perClassSums({}, inputs.trajectory, lossInputs, logits, terms);
  };
}

function ones(count: number): NdArray {
  return hostArray(new Float32Array(count).fill(1), [count]);
}
