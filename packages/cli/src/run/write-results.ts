import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Engine, EpochFinished, Model, Variables } from '@ard/core';
import {
  plainConfig,
  type BestStudent,
  type Composition,
  type Evaluation,
  type RunDirectory,
} from '@ard/core/host';
import {
  evaluationSummary,
  type EpsilonPoint,
  type EvaluationRecord,
  type EvaluationSummary,
} from '@ard/report';
import { evaluationFiles } from './evaluation-files.js';
import { exampleImages } from './example-images.js';
import type { RunData } from './load-data.js';
import { pluginsLock } from './plugins-lock.js';
import { usedPlugins } from './used-plugins.js';
import { bestNameInRun, saveStudent, studentPath } from './student-file.js';

export interface RunResults {
  readonly composition: Composition;
  readonly data: RunData;
  readonly model: Model;
  readonly engine: Engine;
  readonly student: Variables;
  readonly evaluation: Evaluation;
  /** Where one was selected. */
  readonly best?: BestStudent;
  readonly epsilonCurve: readonly EpsilonPoint[] | undefined;
}

/**
 * What a finished run leaves behind: the student, `summary.json`, `classes.csv`, `verdicts.jsonl` and `report.html`.
 */
export async function writeResults(run: RunDirectory, results: RunResults): Promise<void> {
  const { composition, data, model, engine, student, evaluation, best, epsilonCurve } = results;
  const { classNames } = data.images;
  const examples = exampleImages(evaluation, data.testImages);
  const record = {
    ...evaluationRecord(evaluation, classNames, composition),
    ...(epsilonCurve ? { epsilonCurve } : {}),
    ...(examples ? { examples } : {}),
  };
  const files = await evaluationFiles(
    record,
    {
      student: model.name,
      engine: engine.description,
      images: data.images.fingerprint,
      testImages: data.testImages.fingerprint,
      ...(best ? { best: bestRecord(best, composition) } : {}),
    },
    {
      name: basename(run.path),
      facts: {
        ...trainingFacts(composition),
        student: model.name,
        data: data.sources.join('; '),
        engine: engine.description,
        ...(best ? { 'best student': bestText(best, composition) } : {}),
      },
      config: plainConfig(composition.config),
      plugins: pluginsLock(usedPlugins(composition)).plugins,
      epochs: readEpochs(run.path),
    },
  );
  for (const [name, content] of Object.entries(files)) run.write(name, content);
  // last, because a run that has it is a finished one
  await saveStudent(
    studentPath(run.path),
    { model, variables: student, choice: composition.config.components.student! },
    classNames,
  );
}

/** What the student was trained by, for the head of the report. */
function trainingFacts({ config, innerAttack, teachers }: Composition): Readonly<Record<string, string>> {
  const { method, strategy, estimator, averaging, teacher, cleanTeacher } = config.components;
  const { epochs, batchSize, seed } = config.training.values;
  const network = (part: typeof teacher): string => `${part!.named.name}, ${part!.checkpoint!.value}`;
  return {
    method: method!.named.name,
    ...(strategy ? { strategy: strategy.named.name } : {}),
    ...(estimator ? { estimator: estimator.named.name } : {}),
    ...(averaging ? { averaging: averaging.named.name } : {}),
    ...(teachers.teacher ? { teacher: network(teacher) } : {}),
    ...(teachers.cleanTeacher ? { 'clean teacher': network(cleanTeacher) } : {}),
    ...(innerAttack ? { 'trained against': innerAttack.attack.description } : {}),
    training: `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in batches of ${batchSize}, seed ${seed}`,
  };
}

/** The best student as plain data; `epoch` is 0-based as in the metrics, accuracies are fractions in [0, 1]. */
function bestRecord({ epoch, score, evaluation }: BestStudent, { config }: Composition): object {
  return { file: bestNameInRun, select: config.evaluation.values.select, epoch, score, ...evaluation };
}

/** The best student in words: `epoch 5 of 8: robust 41.2 %, worst class 12.0 % (PGD, 20 steps)`. */
export function bestText({ epoch, evaluation }: BestStudent, { config }: Composition): string {
  const { cleanAccuracy, robustAccuracy, worstClassRobustAccuracy, attack } = evaluation;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return (
    `epoch ${epoch + 1} of ${config.training.values.epochs}, by ${config.evaluation.values.select} on test images:` +
    ` clean ${percent(cleanAccuracy)}, robust ${percent(robustAccuracy)}, worst class` +
    ` ${percent(worstClassRobustAccuracy)} (${attack})`
  );
}

export function evaluationRecord(
  evaluation: Evaluation,
  classNames: readonly string[],
  { config }: Pick<Composition, 'config'>,
): EvaluationRecord {
  const { seed, standardDeviationDdof: ddof, interval: method, resamples } = config.evaluation.values;
  return { evaluation, classNames, seed, ddof, interval: { method, resamples } };
}

/** The result as plain data, as `--json` prints it. */
export function summarise(record: EvaluationRecord): EvaluationSummary {
  return evaluationSummary(record);
}

function readEpochs(directory: string): readonly EpochFinished[] {
  const lines = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { readonly event: string } & EpochFinished)
    .filter(({ event }) => event === 'epoch');
}
