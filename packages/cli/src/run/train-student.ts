import { join } from 'node:path';
import { randomStream, type Engine, type Model, type TeacherRole, type Variables } from '@ard/core';
import {
  createRunDirectory,
  createTrainingEvents,
  epochEvaluation,
  openRunDirectory,
  plainConfig,
  train,
  trainedStudent,
  type BestStudent,
  type Composition,
  type Evaluation,
  type Evaluator,
  type NetworkWithValues,
  type RunDirectory,
  type TrainingState,
} from '@ard/core/host';
import { safetensorsStore } from '@ard/checkpoints';
import { timeBatches, type WaitingTime } from '@ard/data';
import type { EpsilonPoint } from '@ard/report';
import type { Output } from '../output.js';
import { auto } from '../teacher-choice.js';
import { showProgress } from '../text/progress.js';
import { provideAutoTeacher, teacherTitle } from './auto-teacher.js';
import { epsilonCurve } from './epsilon-curve.js';
import { configuredEvaluator } from './evaluate-network.js';
import { loadData, type RunData } from './load-data.js';
import { loadNetwork } from './load-network.js';
import { pluginsLock } from './plugins-lock.js';
import { usedPlugins } from './used-plugins.js';
import { bestNameInRun, saveStudent } from './student-file.js';
import { checkTeachers, teacherRecords, type TeacherRecords } from './teacher-records.js';
import { writeResults } from './write-results.js';

export interface TrainingJob {
  readonly composition: Composition;
  /** Names that load the run's plugins again, for resuming. */
  readonly pluginNames: readonly string[];
  readonly directory: string;
  readonly resume: boolean;
  /** What is trained, for progress: `student`. */
  readonly title: string;
  readonly output: Output;
  /** Aborting saves and ends the run. */
  readonly signal: AbortSignal;
}

export interface TrainingOutcome {
  readonly stopped: boolean;
  /** Absent when the run was stopped before anything was saved. */
  readonly evaluation?: Evaluation;
  /** Where other radii were asked for. */
  readonly epsilonCurve?: readonly EpsilonPoint[];
  /** Where one was selected. */
  readonly best?: BestStudent;
  readonly data: RunData;
  /** Whether there is something to resume. */
  readonly begun: boolean;
}

/** Trains what a composition describes, from loading data to the files that the run leaves behind. */
export async function trainStudent(job: TrainingJob): Promise<TrainingOutcome> {
  const data = await loadData(job.composition);
  try {
    return await trainOn(data, job);
  } finally {
    await data.close();
  }
}

async function trainOn(data: RunData, job: TrainingJob): Promise<TrainingOutcome> {
  const { composition, output, signal } = job;
  // a teacher trained on the way learns from the same data
  if (job.title !== teacherTitle) for (const source of data.sources) output.say(source);
  const provided = await provideTeachers(job, data);
  if (provided === undefined) return { stopped: true, data, begun: false };
  const { teachers, checkpoints } = provided;
  const engine = await composition.createEngine();
  try {
    const model = composition.student.build(data.images.shape, data.images.classNames.length);
    const run = await openRun(job, await teacherRecords(composition, checkpoints));
    const evaluators = createEvaluators(engine, model, composition);
    try {
      const { state, evaluation } = await trainIn(run, { job, data, teachers, engine, model, evaluators });
      const stopped = state.progress.epoch < composition.config.training.values.epochs;
      const outcome = { stopped, data, begun: true };
      if (stopped) return outcome;
      const { best } = state.progress;
      const student = trainedStudent(state);
      const final =
        evaluation ?? (await evaluators.final.run(student, data.test, { signal, keepImages: true }));
      const curve = await epsilonCurve(final, {
        engine,
        model,
        variables: student,
        evaluation: composition.evaluation,
        options: composition.config.evaluation.values,
        test: data.testImages,
        signal,
        say: output.say,
      });
      await writeResults(run, {
        composition,
        data,
        model,
        engine,
        student,
        evaluation: final,
        ...(best ? { best } : {}),
        epsilonCurve: curve,
      });
      return {
        ...outcome,
        evaluation: final,
        ...(curve ? { epsilonCurve: curve } : {}),
        ...(best ? { best } : {}),
      };
    } catch (error) {
      // stopped while the finished student was evaluated: resuming does that again
      if (signal.aborted && error === signal.reason) return { stopped: true, data, begun: true };
      throw error;
    } finally {
      run.close();
      await evaluators.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

async function openRun(
  { composition, directory, resume, pluginNames }: TrainingJob,
  teachers: TeacherRecords,
): Promise<RunDirectory> {
  if (resume) checkTeachers(directory, teachers);
  if (resume) return await openRunDirectory(directory, safetensorsStore);
  const config = { plugins: pluginNames, ...plainConfig(composition.config) };
  return createRunDirectory(
    directory,
    { config, plugins: { ...pluginsLock(usedPlugins(composition)), teachers } },
    safetensorsStore,
  );
}

interface ProvidedTeachers {
  readonly teachers: Partial<Record<TeacherRole, NetworkWithValues>>;
  /** What they were loaded from. */
  readonly checkpoints: Partial<Record<TeacherRole, string>>;
}

/** @returns undefined when training a teacher was stopped */
async function provideTeachers(job: TrainingJob, data: RunData): Promise<ProvidedTeachers | undefined> {
  const teachers: Partial<Record<TeacherRole, NetworkWithValues>> = {};
  const checkpoints: Partial<Record<TeacherRole, string>> = {};
  for (const [role, { architecture, checkpoint }] of Object.entries(job.composition.teachers)) {
    const path = checkpoint === auto ? await provideAutoTeacher(job, data, trainStudent) : checkpoint;
    if (path === undefined) return undefined;
    checkpoints[role as TeacherRole] = path;
    teachers[role as TeacherRole] = await loadNetwork(architecture, path, data.images);
  }
  return { teachers, checkpoints };
}

async function initialStudent(
  { student, studentCheckpoint }: Composition,
  data: RunData,
): Promise<Variables> {
  return (await loadNetwork(student, studentCheckpoint!, data.images)).variables;
}

interface Loaded {
  readonly job: TrainingJob;
  readonly data: RunData;
  readonly teachers: Partial<Record<TeacherRole, NetworkWithValues>>;
  readonly engine: Engine;
  readonly model: Model;
  readonly evaluators: Evaluators;
}

interface Evaluators {
  /** With the attacks of the result. */
  readonly final: Evaluator;
  /** Of students during training; the same unless they are selected by other attacks. */
  readonly during: Evaluator;
  dispose(): Promise<void>;
}

function createEvaluators(engine: Engine, model: Model, { evaluation, config }: Composition): Evaluators {
  const withAttacks = (attacks: Composition['evaluation']['attacks']): Evaluator =>
    configuredEvaluator(engine, model, { ...evaluation, attacks }, config.evaluation.values);
  const final = withAttacks(evaluation.attacks);
  const during = evaluation.selectAttacks ? withAttacks(evaluation.selectAttacks) : final;
  return {
    final,
    during,
    dispose: async () => {
      await Promise.all([...new Set([final, during])].map((evaluator) => evaluator.dispose()));
    },
  };
}

/** The training itself, with everything that listens to it. */
async function trainIn(
  run: RunDirectory,
  { job, data, teachers, engine, model, evaluators }: Loaded,
): Promise<{ readonly state: TrainingState; readonly evaluation: Evaluation | undefined }> {
  const { composition, signal, output } = job;
  const { values: options } = composition.config.training;
  const events = createTrainingEvents();
  const timed = timeBatches(data.batches);
  let epochTime: WaitingTime = { seconds: 0, waitedSeconds: 0 };
  events.on('start', (event) => run.record('start', event));
  events.on('step', (event) => run.record('step', event, { ...timed.step() }));
  events.on('epoch', (event) => {
    epochTime = timed.epoch();
    run.record('epoch', event, { ...epochTime });
  });
  const progress = showProgress(events, { title: job.title, output, epochTime: () => epochTime });
  events.on('end', (event) => run.record('end', event));

  let evaluation: Evaluation | undefined;
  // the report shows images of the last one
  let keepImages = false;
  events.on('step', ({ epoch, epochs }) => (keepImages = epoch === epochs - 1));
  const evaluate = async (student: Variables): Promise<Evaluation> =>
    await evaluators.during.run(student, data.test, {
      progress: (event) => events.emit('evaluating', event),
      signal,
      keepImages,
    });
  try {
    const state = await train(
      {
        ...composition,
        engine,
        student: model,
        teachers,
        ...(composition.studentCheckpoint === undefined || run.resumeFrom
          ? {}
          : { initialStudent: await initialStudent(composition, data) }),
        batches: timed.batches,
        ...(data.validation ? { validation: data.validation } : {}),
        classNames: data.images.classNames,
        random: randomStream(options.seed),
      },
      options,
      {
        events,
        signal,
        ...(run.resumeFrom ? { resumeFrom: run.resumeFrom } : {}),
        async saveCheckpoint(state) {
          const path = await run.saveCheckpoint(state);
          events.emit('checkpoint', { path, epoch: state.progress.epoch, step: state.progress.step });
        },
        async evaluate(student) {
          const result = await evaluate(student);
          // what other attacks found is not the result
          if (evaluators.during === evaluators.final) evaluation = result;
          return epochEvaluation(result);
        },
        select: composition.config.evaluation.values.select,
        async saveBest(student) {
          await saveStudent(
            join(run.path, bestNameInRun),
            { model, variables: student, choice: composition.config.components.student! },
            data.images.classNames,
          );
        },
      },
    );
    return { state, evaluation };
  } finally {
    progress.stop();
  }
}
