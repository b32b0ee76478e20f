import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../contracts/attack.js';
import type { BatchSource, Batch } from '../contracts/batch.js';
import type { Engine } from '../contracts/engine.js';
import type { Model, TensorVariables, Variables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { Objective } from '../contracts/objective.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { EvaluationProgress } from '../training/training-events.js';
import { createVictim, type NetworkWithValues } from '../training/victim.js';
import { hostArray } from '../nd-array.js';

export interface NamedAttack {
  /** As the user named it: `pgd:s`. */
  readonly id: string;
  readonly attack: Attack;
}

export interface EvaluatorParts {
  readonly engine: Engine;
  readonly model: Model;
  readonly attacks: readonly NamedAttack[];
  readonly objective: Objective;
  /** For objectives that compare with a teacher. */
  readonly teacher?: NetworkWithValues;
  readonly random: RandomStream;
}

export interface AttackResults {
  readonly id: string;
  readonly description: string;
  readonly epsilon: number;
  /** Examples per class that this attack alone leaves correct. */
  readonly correct: readonly number[];
}

/** Counts of one evaluation; {@link classMetrics} turns them into rates. */
export interface Evaluation {
  readonly count: number;
  readonly counts: readonly number[];
  readonly cleanCorrect: readonly number[];
  /** Correct on the clean image and under every attack. */
  readonly robustCorrect: readonly number[];
  readonly attacks: readonly AttackResults[];
  /** `[true class][predicted class]` under the first attack that breaks an example, else under the last. */
  readonly confusion: readonly (readonly number[])[];
  /** Mean cross-entropy per class on the last attack's images. */
  readonly meanLoss: readonly number[];
}

export interface Evaluator {
  run(
    variables: Variables,
    batches: BatchSource,
    hooks?: { progress?(event: EvaluationProgress): void; signal?: AbortSignal },
  ): Promise<Evaluation>;
  dispose(): Promise<void>;
}

type Tally = {
  counts: number[];
  clean: number[];
  robust: number[];
  each: number[][];
  confusion: number[][];
  loss: number[];
};

/** Measures clean and robust accuracy per class. The network is in `eval` mode throughout; build once, run often. */
export function createEvaluator(parts: EvaluatorParts): Evaluator {
  const { engine, model, attacks, objective, teacher, random } = parts;
  const predict = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D; labels: tf.Tensor1D }) => {
      const { logits } = model.apply(inputs.network, inputs.images, 'eval');
      const oneHot = tf.oneHot(inputs.labels, model.classes);
      return {
        predictions: tf.cast(tf.argMax(logits, 1), 'int32'),
        loss: tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), 1)),
        logits,
      };
    },
    { name: 'predict', frozen: ['network'] },
  );
  let victim: ReturnType<typeof createVictim> | undefined;
  let prepared: ReturnType<Attack['prepare']>[] = [];

  function prepare(variables: Variables): void {
    victim ??= createVictim({
      engine,
      model,
      variables,
      mode: 'eval',
      objective,
      ...(teacher ? { teacher } : {}),
    });
    victim.use(variables);
    if (prepared.length === 0) prepared = attacks.map(({ attack }) => attack.prepare(victim!));
  }

  async function predictions(variables: Variables, images: NdArray, labels: NdArray) {
    const outputs = await predict({ network: { ...variables }, images, labels });
    return {
      classes: (await outputs.predictions.read()) as Int32Array,
      loss: await outputs.loss.read(),
      logits: outputs.logits,
    };
  }

  async function attackBatch(variables: Variables, batch: Batch, tally: Tally): Promise<void> {
    const labels = batch.labels.data;
    const clean = await predictions(variables, batch.images, batch.labels);
    const references = await referencesFor(batch, clean.logits);
    const robust = Array.from(labels, (label, row) => clean.classes[row] === label);
    const verdict = Int32Array.from(clean.classes);
    let { loss } = clean;
    for (const [index, { id, attack }] of attacks.entries()) {
      const { adversarial } = await prepared[index]!(
        {
          images: batch.images,
          labels: batch.labels,
          epsilon: hostArray(new Float32Array(labels.length).fill(attack.epsilon), [labels.length]),
          references,
        },
        { random: random.derive('evaluate', id), ids: batch.ids, trajectory: {} },
      );
      const attacked = await predictions(variables, adversarial, batch.labels);
      loss = attacked.loss;
      labels.forEach((label: number, row: number) => {
        // an attack may always return the clean image: one that corrects an error does not count against it
        const survives = attacked.classes[row] === label && clean.classes[row] === label;
        if (survives) tally.each[index]![label]!++;
        if (robust[row]) verdict[row] = attacked.classes[row]!;
        robust[row] &&= survives;
      });
    }
    labels.forEach((label: number, row: number) => {
      tally.counts[label]!++;
      if (clean.classes[row] === label) tally.clean[label]!++;
      if (robust[row]) tally.robust[label]!++;
      tally.confusion[label]![verdict[row]!]!++;
      tally.loss[label]! += loss[row]!;
    });
  }

  async function referencesFor(batch: Batch, cleanLogits: NdArray): Promise<Record<string, NdArray>> {
    const references: Record<string, NdArray> = {};
    if (objective.references.includes('studentCleanLogits')) references.studentCleanLogits = cleanLogits;
    if (teacher && objective.references.includes('teacherCleanLogits')) {
      references.teacherCleanLogits = (
        await teacherLogits({ teacher: { ...teacher.variables }, images: batch.images })
      ).logits;
    }
    return references;
  }
  const teacherLogits = engine.compile(
    (inputs: { teacher: TensorVariables; images: tf.Tensor4D }) => ({
      logits: teacher!.model.apply(inputs.teacher, inputs.images, 'eval').logits,
    }),
    { name: 'teacher-logits', frozen: ['teacher'] },
  );

  return {
    async run(variables, batches, { progress, signal } = {}) {
      prepare(variables);
      const tally = emptyTally(model.classes, attacks.length);
      let done = 0;
      for (let step = 0; step < batches.stepsPerEpoch; step++) {
        signal?.throwIfAborted();
        const batch = await batches.batch(0, step);
        await attackBatch(variables, batch, tally);
        done += batch.ids.length;
        progress?.({ done, total: batches.count, attack: attacks.map(({ id }) => id).join(', ') });
      }
      return {
        count: done,
        counts: tally.counts,
        cleanCorrect: tally.clean,
        robustCorrect: tally.robust,
        attacks: attacks.map(({ id, attack }, index) => ({
          id,
          description: attack.description,
          epsilon: attack.epsilon,
          correct: tally.each[index]!,
        })),
        confusion: tally.confusion,
        meanLoss: tally.loss.map((sum, index) => sum / tally.counts[index]!),
      };
    },
    async dispose() {
      await Promise.all([predict.dispose(), teacherLogits.dispose(), victim?.dispose()]);
    },
  };
}

function emptyTally(classes: number, attacks: number): Tally {
  const zeros = (): number[] => new Array<number>(classes).fill(0);
  return {
    counts: zeros(),
    clean: zeros(),
    robust: zeros(),
    loss: zeros(),
    each: Array.from({ length: attacks }, zeros),
    confusion: Array.from({ length: classes }, zeros),
  };
}
