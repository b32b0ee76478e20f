/** Trainings with a strategy or an averaging of the plugins, on parts small enough for the cpu. */
import {
  randomStream,
  type Attack,
  type Engine,
  type Method,
  type NdArray,
  type Objective,
  type TrainingEventMap,
} from '@ard/core';
import {
  createTrainingEvents,
  train,
  trainingOptions,
  type TrainingHooks,
  type TrainingParts,
  type TrainingState,
} from '@ard/core/host';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import fairBat from '@ard/plugin-fair-bat';
import methodRslad from '@ard/plugin-method-rslad';
import { makeComponent } from './make-component.js';
import { tinyBatches, tinyModel, tinyParts } from './tiny-parts.js';

export type Options = Readonly<Record<string, unknown>>;

const methods = {
  trades: adversarialTraining,
  'pgd-at': adversarialTraining,
  rslad: methodRslad,
  bat: fairBat,
} as const;

export type MethodName = keyof typeof methods;

export async function partsOf(
  engine: Engine,
  name: MethodName,
  changes: Partial<TrainingParts> = {},
): Promise<TrainingParts> {
  const method: Method = await makeComponent(methods[name], 'method', name);
  const { objective, mode } = method.innerAttack!;
  const attack: Attack = await makeComponent(attackGradient, 'attack', 'pgd', {
    epsilon: 0.1,
    steps: 2,
    stepSize: 0.05,
    start: 'uniform-clipped',
  });
  const chosen: Objective = await makeComponent(attackGradient, 'objective', objective.id, objective.options);
  const teacher = tinyModel();
  return tinyParts(engine, {
    method,
    innerAttack: { attack, objective: chosen, mode },
    teachers:
      name === 'rslad' ? { teacher: { model: teacher, variables: teacher.init(randomStream(9)) } } : {},
    validation: tinyBatches(),
    ...changes,
  });
}

export async function run(
  parts: TrainingParts,
  epochs: number,
  hooks: Partial<TrainingHooks> = {},
): Promise<{ state: TrainingState; finished: TrainingEventMap['epoch'][] }> {
  const events = createTrainingEvents();
  const finished: TrainingEventMap['epoch'][] = [];
  events.on('epoch', (event) => finished.push(event));
  const options = trainingOptions.parse({ epochs, batchSize: 4, evaluateEvery: 0, checkpointMinutes: 0 });
  return { state: await train(parts, options, { events, ...hooks }), finished };
}

export async function values(arrays: Readonly<Record<string, NdArray>>): Promise<Record<string, number[]>> {
  const entries = Object.entries(arrays).map(
    async ([name, array]) => [name, Array.from(await array.read())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

export async function everything({ student, average, progress }: TrainingState) {
  return {
    progress,
    parameters: await values(student.parameters),
    statistics: await values(student.statistics),
    average: average && {
      parameters: await values(average.parameters),
      statistics: await values(average.statistics),
    },
  };
}
