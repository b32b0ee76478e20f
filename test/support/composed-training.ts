import {
  randomStream,
  type Engine,
  type Model,
  type NdArray,
  type PartialConfig,
  type Plugin,
  type TeacherRole,
  type TrainingEventMap,
} from '@ard/core';
import {
  chosenPresets,
  createContainer,
  createTrainingEvents,
  presetLayers,
  tokens,
  train,
  type Composer,
  type Composition,
  type LoadedPlugin,
  type NetworkWithValues,
  type Registry,
  type TrainingHooks,
  type TrainingParts,
  type TrainingState,
} from '@ard/core/host';
import { batchSource } from '@ard/data';

/** Trainings through the real composition: a preset of plugins, on data and networks small enough for tests. */

/** Fills the slots that no preset fills. */
const required: PartialConfig = {
  student: { id: 'small-cnn', options: { widths: [2, 4] } },
  teacher: { id: 'small-cnn', checkpoint: 'not read', options: { widths: [2, 4] } },
  cleanTeacher: { id: 'small-cnn', checkpoint: 'not read', options: { widths: [2, 4] } },
  dataset: { id: 'generated', options: { size: 8, trainCount: 20, testCount: 10 } },
  engine: { id: 'tfjs' },
};

const tiny: PartialConfig = {
  // the id that methods name as well, so their other options stay
  attack: { id: 'pgd', options: { steps: 2 } },
  optimizer: { options: { learningRate: 0.01 } },
  training: { epochs: 2, batchSize: 10, evaluateEvery: 0, checkpointMinutes: 0 },
};

/** Composes a preset with tiny settings, and `changes` above them. */
export async function composeTiny(
  plugins: readonly Plugin[],
  preset: string,
  changes: PartialConfig = {},
): Promise<Composition> {
  return await composePreset(plugins, preset, [tiny, changes]);
}

/** Composes a preset as it is, with `changes` above it. */
export async function composePreset(
  plugins: readonly Plugin[],
  preset: string,
  changes: readonly PartialConfig[] = [],
): Promise<Composition> {
  const container = createContainer(plugins.map(loaded));
  const presets = chosenPresets(container.get<Registry>(tokens.registry), [], [preset]);
  return await container
    .get<Composer>(tokens.composer)
    .compose([
      { origin: 'required', config: required },
      ...presetLayers(presets),
      ...changes.map((config) => ({ origin: 'test', config })),
    ]);
}

/** What the command line would load, with untrained teachers. */
export async function partsOf(composition: Composition, engine: Engine): Promise<TrainingParts> {
  const images = await composition.dataset.load('train');
  const random = randomStream(composition.config.training.values.seed);
  const classes = images.classNames.length;
  const teachers: Partial<Record<TeacherRole, NetworkWithValues>> = {};
  for (const [role, { architecture }] of Object.entries(composition.teachers)) {
    const model: Model = architecture.build(images.shape, classes);
    teachers[role as TeacherRole] = { model, variables: model.init(randomStream(7).derive(role)) };
  }
  const { batchSize } = composition.config.training.values;
  return {
    ...composition,
    engine,
    student: composition.student.build(images.shape, classes),
    teachers,
    batches: batchSource({ images, batchSize, random: random.derive('batches'), shuffle: true }),
    // stands in for the split of the command line, which would leave nothing of two images per class
    ...(composition.heldOut
      ? {
          validation: batchSource({
            images: await composition.dataset.load('test'),
            batchSize: 10,
            random,
            shuffle: false,
          }),
        }
      : {}),
    classNames: images.classNames,
    random,
  };
}

export interface TinyRun {
  readonly state: TrainingState;
  readonly epochs: readonly TrainingEventMap['epoch'][];
  /** One after every step. */
  readonly checkpoints: readonly TrainingState[];
}

/** Trains a composition as `ard train` would, or goes on from a state. */
export async function runTiny(
  composition: Composition,
  engine: Engine,
  resumeFrom?: TrainingHooks['resumeFrom'],
): Promise<TinyRun> {
  const events = createTrainingEvents();
  const epochs: TrainingEventMap['epoch'][] = [];
  const checkpoints: TrainingState[] = [];
  events.on('epoch', (event) => epochs.push(event));
  const state = await train(await partsOf(composition, engine), composition.config.training.values, {
    events,
    ...(resumeFrom ? { resumeFrom } : {}),
    saveCheckpoint: (saved) => {
      checkpoints.push(saved);
      return Promise.resolve();
    },
  });
  return { state, epochs, checkpoints };
}

/** Everything that decides how training goes on, as numbers. */
export async function plainState({ student, average, optimizer, methodState, progress }: TrainingState) {
  return {
    average: average && {
      parameters: await values(average.parameters),
      statistics: await values(average.statistics),
    },
    parameters: await values(student.parameters),
    statistics: await values(student.statistics),
    optimizer: await values(optimizer),
    methodState: await values(methodState),
    progress,
  };
}

async function values(arrays: Readonly<Record<string, NdArray>>): Promise<Record<string, number[]>> {
  const entries = Object.entries(arrays).map(
    async ([name, array]) => [name, Array.from(await array.read())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function loaded(plugin: Plugin): LoadedPlugin {
  const packageName = `@ard/plugin-${plugin.name}`;
  return {
    plugin,
    packageName,
    packageVersion: plugin.version,
    directory: `/plugins/${plugin.name}`,
    place: 'project',
    manifest: { apiVersion: plugin.apiVersion, plugin: './index.js' },
  };
}
