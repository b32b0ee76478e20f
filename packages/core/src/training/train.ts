import { neutralKnobs, type ClassKnobs } from '../contracts/knobs.js';
import type { Variables } from '../contracts/model.js';
import type { ClassResults, EpochEvidence } from '../contracts/strategy.js';
import { ArdError, isArdError } from '../errors.js';
import { betterOf, selectionScore, type BestStudent, type Selection } from '../evaluation/selection.js';
import { hostArray } from '../nd-array.js';
import { addStep, classResults, estimatorSums, meanLosses, measuredSums, noSums } from './epoch-sums.js';
import { neededInputs } from './needed-inputs.js';
import { missingPass, phasesOf } from './phases.js';
import { createTrainingSession } from './training-session.js';
import type { TrainingEvents } from './create-training-events.js';
import type { EpochEvaluation } from './training-events.js';
import type { TrainingOptions } from './training-options.js';
import type { TrainingParts } from './training-parts.js';
import type { TrainingState } from './training-state.js';
import { createWeightAverage, type WeightAverage } from './weight-average.js';

export interface TrainingHooks {
  readonly events: TrainingEvents;
  /**
   * Aborting finishes the step under way, saves a checkpoint and returns. An evaluation that rejects with the reason
   * of the signal is repeated when the training goes on.
   */
  readonly signal?: AbortSignal;
  /** Goes on from here instead of starting anew. */
  readonly resumeFrom?: TrainingState;
  /** Makes the state durable; called between steps. */
  saveCheckpoint?(state: TrainingState): Promise<void>;
  /** Evaluation on test images, when one is due; of the running average where there is one. */
  evaluate?(student: Variables): Promise<EpochEvaluation>;
  /** By what the best of the evaluated students is told. */
  readonly select?: Selection;
  /** Keeps the best student so far; called again with the same one when a killed run repeats an epoch. */
  saveBest?(student: Variables): Promise<void>;
}

type Session = ReturnType<typeof createTrainingSession>;

/** What a training yields: the running average of the student where there is one. */
export function trainedStudent({ student, average }: TrainingState): Variables {
  return average ?? student;
}

/**
 * Trains the student (design.md 6) and returns the state in which training ended or was stopped.
 *
 * @throws ArdError when loss, gradients or parameters stop being finite; the last checkpoint stays as it is
 */
export async function train(
  parts: TrainingParts,
  options: TrainingOptions,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const { events, signal } = hooks;
  const { batches } = parts;
  refuseImpossible(parts, options.epochs);
  let state = hooks.resumeFrom ?? initialState(parts);
  let session: Session | undefined;
  let average: WeightAverage | undefined;
  let savedAt = performance.now();
  let saved = hooks.resumeFrom;

  const save = async (): Promise<void> => {
    if (saved === state) return;
    await hooks.saveCheckpoint?.(state);
    saved = state;
    savedAt = performance.now();
  };

  events.emit('start', {
    epochs: options.epochs,
    stepsPerEpoch: batches.stepsPerEpoch,
    classNames: parts.classNames,
    from: { epoch: state.progress.epoch, step: state.progress.step },
  });
  try {
    session = createTrainingSession(parts, state);
    average = parts.averaging && createWeightAverage(parts.engine, parts.student);
    if (!hooks.resumeFrom && parts.strategy?.needs.beforeTraining) {
      const validation = await session.validate(state);
      state = updateKnobs(parts, state, { epoch: -1, validation });
    }
    while (state.progress.epoch < options.epochs && !signal?.aborted) {
      if (state.progress.step < batches.stepsPerEpoch) {
        state = await runStep(parts, options, session, state, events);
        if (average && parts.averaging!.every === 'step') {
          state = await takeIn(parts, options, average, state);
        }
      }
      if (state.progress.step === batches.stepsPerEpoch) {
        // an evaluation may take longer than the epoch: whoever stops or kills it must not lose the epoch
        if (hooks.evaluate && isEvaluated(state.progress.epoch + 1, options)) await save();
        const finished = await unlessAborted(
          finishEpoch(parts, options, state, { hooks, session, average }),
          signal,
        );
        if (finished === undefined) break;
        state = finished;
        await save();
      } else if (performance.now() - savedAt >= options.checkpointMinutes * 60_000) {
        await save();
      }
    }
    await save();
  } finally {
    await session?.dispose();
    await average?.dispose();
  }
  events.emit('end', { stopped: state.progress.epoch < options.epochs });
  return state;
}

async function runStep(
  parts: TrainingParts,
  options: TrainingOptions,
  session: Session,
  state: TrainingState,
  events: TrainingEvents,
): Promise<TrainingState> {
  const { epoch, step } = state.progress;
  const { stepsPerEpoch } = parts.batches;
  const batch = await parts.batches.batch(epoch, step);
  const factor = learningRateFactorAt(parts, options, epoch, step);
  const where = `epoch ${epoch + 1}, batch ${step + 1} of ${stepsPerEpoch}`;
  const {
    state: next,
    sums,
    squaredParameterNorm,
  } = await session
    .step(state, batch, factor)
    .catch((error: unknown) => Promise.reject(located(error, where)));
  refuseDiverged(sums.loss, squaredParameterNorm, where);
  const rate = (correct: ArrayLike<number> | undefined): number | undefined =>
    correct && Array.from(correct).reduce((sum, value) => sum + value, 0) / sums.examples;
  events.emit('step', {
    epoch,
    step,
    stepsPerEpoch,
    epochs: options.epochs,
    loss: sums.loss,
    terms: sums.terms,
    cleanAccuracy: rate(sums.cleanCorrect),
    robustAccuracy: rate(sums.robustCorrect),
    learningRate: parts.optimizer.learningRate * factor,
  });
  return {
    ...state,
    ...next,
    progress: { ...state.progress, step: step + 1, sums: addStep(state.progress.sums, sums) },
  };
}

/** Difficulty, strategy, evaluation; the knobs that come out are those of the next epoch. */
async function finishEpoch(
  parts: TrainingParts,
  options: TrainingOptions,
  state: TrainingState,
  { hooks, session, average }: { hooks: TrainingHooks; session: Session; average: WeightAverage | undefined },
): Promise<TrainingState> {
  const { progress } = state;
  const { epoch, sums, knobs } = progress;
  const { estimator, strategy, averaging } = parts;
  const training = classResults(sums);
  const difficulty = estimator?.summarise(estimatorSums(sums));
  if (epoch === 0 && difficulty?.warning !== undefined) {
    hooks.events.emit('warning', { message: difficulty.warning });
  }
  const watched = strategy?.needs.validationPerClass ?? averaging?.validationPerClass;
  const validation = watched === undefined ? undefined : await session.validate(state);
  let next = updateKnobs(parts, state, {
    epoch,
    difficulty,
    training,
    validation,
    measured: measuredSums(sums),
  });
  if (average && averaging?.every === 'epoch') {
    next = await takeIn(parts, options, average, next, validation);
  }
  const evaluation = isEvaluated(epoch + 1, options)
    ? await hooks.evaluate?.(trainedStudent(next))
    : undefined;
  const best = bestSoFar(hooks, state, epoch, evaluation);
  if (best !== progress.best) await hooks.saveBest?.(trainedStudent(next));
  hooks.events.emit('epoch', {
    epoch,
    ...meanLosses(sums),
    training,
    ...(validation ? { validation } : {}),
    difficulty,
    knobs,
    nextKnobs: next.progress.knobs,
    methodState: await plainArrays(state.methodState),
    ...(strategy ? { strategyState: next.progress.strategyState } : {}),
    ...(averaging ? { averageUpdates: next.progress.averageUpdates } : {}),
    learningRate:
      parts.optimizer.learningRate * learningRateFactorAt(parts, options, epoch, progress.step - 1),
    ...(best ? { best: { epoch: best.epoch, score: best.score } } : {}),
    evaluation,
  });
  return {
    ...next,
    progress: {
      ...next.progress,
      epoch: epoch + 1,
      step: 0,
      sums: noSums(parts.student.classes),
      ...(best ? { best } : {}),
      ...(evaluation ? { evaluation } : {}),
    },
  };
}

/** What the work yields, or undefined when it failed because it was asked to stop. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

function isEvaluated(
  finished: number,
  { epochs, evaluateEvery, evaluateEachFrom = Infinity }: TrainingOptions,
): boolean {
  const due = evaluateEvery > 0 && finished % evaluateEvery === 0;
  return due || finished >= evaluateEachFrom || finished === epochs;
}

function bestSoFar(
  { select = 'last' }: TrainingHooks,
  { progress: { best } }: TrainingState,
  epoch: number,
  evaluation: EpochEvaluation | undefined,
): BestStudent | undefined {
  if (select === 'last' || !evaluation) return best;
  return betterOf(best, { epoch, score: selectionScore(select, evaluation), evaluation });
}

/** The strategy's answer to the evidence, as far as it asked for it. */
function updateKnobs(
  { strategy, student }: TrainingParts,
  state: TrainingState,
  evidence: Omit<EpochEvidence, 'classes'>,
): TrainingState {
  if (!strategy) return state;
  const { needs, measure } = strategy;
  const { epoch, difficulty, training, validation, measured } = evidence;
  const { classes } = student;
  const answer = strategy.update(state.progress.strategyState, {
    epoch,
    classes,
    ...(needs.difficulty && difficulty ? { difficulty } : {}),
    ...(needs.training && training ? { training } : {}),
    ...(needs.validationPerClass && validation ? { validation } : {}),
    ...(measure && measured ? { measured } : {}),
  });
  return {
    ...state,
    progress: {
      ...state.progress,
      strategyState: answer.state,
      knobs: { ...neutralKnobs(classes), ...answer.knobs },
    },
  };
}

/** Offers the student to the average. */
async function takeIn(
  { averaging, batches }: TrainingParts,
  { epochs }: TrainingOptions,
  average: WeightAverage,
  state: TrainingState,
  validation?: ClassResults,
): Promise<TrainingState> {
  const { epoch, step, averageUpdates: updates } = state.progress;
  const { stepsPerEpoch } = batches;
  const position = { epoch, step: step - 1, stepsPerEpoch, epochs };
  const keep = averaging!.keep({ position, updates, ...(validation ? { validation } : {}) });
  if (keep === undefined) return state;
  return {
    ...state,
    average: await average.update(state.average, state.student, keep),
    progress: { ...state.progress, averageUpdates: updates + 1 },
  };
}

function initialState(parts: TrainingParts): TrainingState {
  const { student, optimizer, method, strategy } = parts;
  const variables = parts.initialStudent ?? student.init(parts.random.derive('init'));
  const methodState = Object.entries(method.initialState?.(student.classes) ?? {});
  const knobs: ClassKnobs = {
    ...neutralKnobs(student.classes),
    ...strategy?.initialKnobs?.(student.classes),
  };
  return {
    student: variables,
    optimizer: optimizer.init(variables.parameters),
    methodState: Object.fromEntries(
      methodState.map(([name, { shape, values }]) => [name, hostArray(Float32Array.from(values), shape)]),
    ),
    progress: {
      epoch: 0,
      step: 0,
      knobs,
      strategyState: strategy?.init(student.classes) ?? null,
      sums: noSums(student.classes),
      averageUpdates: 0,
    },
  };
}

function learningRateFactorAt(
  { schedule, batches }: TrainingParts,
  { epochs }: TrainingOptions,
  epoch: number,
  step: number,
): number {
  return schedule.factor({ epoch, step, stepsPerEpoch: batches.stepsPerEpoch, epochs });
}

/** Says where in training a component's error happened. */
function located(error: unknown, where: string): unknown {
  if (!isArdError(error)) return error;
  const { remedy, exitCode } = error;
  return new ArdError(`${error.message} (${where})`, { remedy, exitCode, cause: error });
}

function refuseDiverged(loss: number, squaredParameterNorm: number, where: string): void {
  if (Number.isFinite(loss) && Number.isFinite(squaredParameterNorm)) return;
  const what = Number.isFinite(loss)
    ? 'the update leaves parameters that are not finite'
    : `the loss is ${loss}`;
  throw new ArdError(`Training diverged: ${what} (${where}).`, {
    remedy:
      'Lower optimizer.learningRate; the last checkpoint holds the state before this batch and is kept.',
  });
}

function refuseImpossible(parts: TrainingParts, epochs: number): void {
  const { method, strategy, averaging, teachers, innerAttack } = parts;
  for (const role of method.teachers) {
    if (!teachers[role])
      throw new ArdError(`The method needs a network in the role "${role}" and none was given.`);
  }
  const adversarial = method.studentPasses.includes('adversarial');
  if (adversarial && !innerAttack)
    throw new ArdError('The method trains on adversarial images and no attack was given.');
  if ((strategy?.needs.validationPerClass ?? averaging?.validationPerClass) && !parts.validation) {
    throw new ArdError('Strategy or averaging look at held-out images and none were given.');
  }
  for (const { phase } of phasesOf(method, epochs)) {
    const missing = missingPass(method, phase, neededInputs(parts, phase));
    if (missing === undefined) continue;
    throw new ArdError(
      `The estimator or the strategy needs the student's ${missing} logits, which this method does not compute.`,
    );
  }
}

async function plainArrays(arrays: TrainingState['methodState']): Promise<Record<string, readonly number[]>> {
  const plain: Record<string, readonly number[]> = {};
  for (const [name, array] of Object.entries(arrays)) plain[name] = Array.from(await array.read());
  return plain;
}
