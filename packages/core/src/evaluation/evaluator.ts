import type { Attack } from '../contracts/attack.js';
import type { BatchSource } from '../contracts/batch.js';
import type { Engine } from '../contracts/engine.js';
import type { Model, Variables } from '../contracts/model.js';
import type { HostArray } from '../contracts/nd-array.js';
import type { Objective } from '../contracts/objective.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { EvaluationProgress } from '../training/training-events.js';
import { createVictim, type NetworkVictim, type NetworkWithValues } from '../training/victim.js';
import { batchSizes, type BatchSizes } from '../examples/batch-sizes.js';
import {
  restoredFindings,
  storedFindings,
  type AttackFindings,
  type FindingsStore,
} from './attack-findings.js';
import { attackRows } from './attack-rows.js';
import { attackStages, type AttackStage } from './attack-stages.js';
import { countSteps } from './count-steps.js';
import { evaluationReporter } from './evaluation-reporter.js';
import { firstWrong } from './first-wrong.js';
import { loadPool, type Pool } from './pool.js';
import { createPredictor, type Predictions } from './predictor.js';
import { createReferences } from './references.js';
import { watcher } from './run-attack.js';
import type { SampleVerdict } from './stored/sample-verdict.js';
import type { SavedAdversarials } from './stored/saved-adversarials.js';
import { tallied } from './tally.js';
import { bookFindings, openSamples, type SampleRecord } from './sample-records.js';

export interface NamedAttack {
  /** As the user named it: `pgd:s`; unique in one evaluation. */
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
  /** Images among which batches are refilled as they break; in whole batches of the source. 1,000 if not given. */
  readonly poolSize?: number;
  /** Runs every attack on all images that are right without attack, instead of on those still unbroken. */
  readonly everyAttackOnAll?: boolean;
}

export interface AttackResults {
  readonly id: string;
  readonly description: string;
  readonly epsilon: number;
  /** Examples per class that are right under this attack and, where it saw no others, under those before it. */
  readonly correct: readonly number[];
  /** Whether it was run on all images; otherwise on those that the attacks before it had left right. */
  readonly alone: boolean;
  /** Parts that ran one by one; empty for an attack without. */
  readonly parts: readonly string[];
  /** Parts that were left out because their loss needs more classes than there are. */
  readonly skipped: readonly string[];
}

/** Counts of one evaluation; {@link classMetrics} turns them into rates. */
export interface Evaluation {
  readonly count: number;
  readonly counts: readonly number[];
  readonly cleanCorrect: readonly number[];
  /** Correct on the clean image and under every attack. */
  readonly robustCorrect: readonly number[];
  readonly attacks: readonly AttackResults[];
  /** `[true class][predicted class]` on the image that broke an example, else on the hardest one found. */
  readonly confusion: readonly (readonly number[])[];
  /** Mean cross-entropy per class on those images. */
  readonly meanLoss: readonly number[];
  /** What became of each image, ordered by index. */
  readonly verdicts: readonly SampleVerdict[];
  /** The images that broke samples, where they were asked for. */
  readonly adversarials: SavedAdversarials | undefined;
  /** Samples times compiled steps of the attacks, those of a resumed evaluation's earlier processes included. */
  readonly sampleSteps: number;
}

export interface EvaluationHooks {
  progress?(event: EvaluationProgress): void;
  readonly signal?: AbortSignal;
  /** Keeps what is found, so that a stopped evaluation goes on where it was. */
  readonly store?: FindingsStore;
  /** Keep the images that break samples. */
  readonly keepImages?: boolean;
}

export interface Evaluator {
  run(variables: Variables, batches: BatchSource, hooks?: EvaluationHooks): Promise<Evaluation>;
  /** What the network says about images, outside all attacks; `[images, height, width, channels]` and `[images]`. */
  predict(variables: Variables, images: HostArray, labels: HostArray): Promise<Predictions>;
  dispose(): Promise<void>;
}

const defaultPoolSize = 1000;

/**
 * Measures clean and robust accuracy per class. The network is in `eval` mode throughout; build once, run often.
 * Images are taken in pools; each attack runs over the images of a pool that are still unbroken, in batches that
 * stay full until few are left.
 */
export function createEvaluator(parts: EvaluatorParts): Evaluator {
  const { engine, model, attacks, objective, teacher, random, everyAttackOnAll = false } = parts;
  const predictor = createPredictor(engine, model);
  const references = createReferences(engine, objective, teacher);
  let victim: NetworkVictim | undefined;
  let steps = (): number => 0;
  // of the run that is under way
  let beforeStep = (): void => undefined;
  let stages: readonly (readonly AttackStage[])[] = [];

  function prepare(variables: Variables): NetworkVictim {
    if (!victim) {
      const counted = countSteps(
        createVictim({
          engine,
          model,
          variables,
          mode: 'eval',
          objective,
          ...(teacher ? { teacher } : {}),
          observers: { [watcher]: firstWrong },
        }),
        () => beforeStep(),
      );
      victim = counted.victim;
      steps = counted.count;
      stages = attacks.map((named) => attackStages(named, counted.victim));
    }
    victim.use(variables);
    return victim;
  }

  /** One attack, or one part of it, on the images of a pool that it is for. */
  async function runStage(
    stage: AttackStage,
    rows: readonly number[],
    unit: string,
    pool: Pool,
    { variables, sizes, hooks }: Running,
  ): Promise<AttackFindings> {
    const known = await hooks.store?.load(unit);
    if (known) return restoredFindings(known);
    const before = steps();
    const found = await attackRows({
      ...stage,
      rows,
      pool,
      random: random.derive('evaluate', stage.id),
      sizes,
      victim: victim!,
      predict: (images, labels) => predictor.predict(variables, images, labels, sizes),
      keepImages: hooks.keepImages ?? false,
    });
    const findings = { ...found, sampleSteps: steps() - before };
    await hooks.store?.save(unit, storedFindings(findings));
    return findings;
  }

  return {
    async run(variables, batches, hooks = {}) {
      prepare(variables);
      const all: SampleRecord[] = [];
      const report = evaluationReporter(hooks, batches.count, steps);
      beforeStep = () => report.step();
      let sampleSteps = 0;
      let sizes: BatchSizes | undefined;
      for (let step = 0, number = 0; step < batches.stepsPerEpoch; number++) {
        const pool = await loadPool(batches, step, parts.poolSize ?? defaultPoolSize);
        step += pool.batches;
        sizes ??= batchSizes(pool.batchSize);
        const clean = await predictor.predict(variables, pool.images, pool.labels, sizes);
        pool.references = await references.of(pool, clean.logits, sizes);
        const samples = openSamples(pool, clean);
        for (const [index, own] of stages.entries()) {
          const standing = samples.flatMap((sample, row) =>
            sample.cleanCorrect && (everyAttackOnAll || sample.brokenBy === undefined) ? [row] : [],
          );
          const broken = new Set<number>();
          for (const [at, stage] of own.entries()) {
            report.attack({
              done: all.length,
              attack: stage.part === undefined ? stage.id : `${stage.id} ${stage.part}`,
              standing: standing.length - broken.size,
            });
            const rows = standing.filter((row) => !broken.has(row));
            if (rows.length === 0) break;
            const unit = `${number}-${index}-${at}-${stage.part ?? 'whole'}`;
            const findings = await runStage(stage, rows, unit, pool, { variables, sizes, hooks });
            sampleSteps += findings.sampleSteps;
            for (const row of bookFindings(samples, findings, stage)) broken.add(row);
          }
        }
        all.push(...samples);
        report.attack({ done: all.length, attack: '' });
      }
      return {
        ...tallied(all, model.classes, { attacks: attacksOf(stages), everyAttackOnAll }),
        adversarials: hooks.keepImages ? adversarialsOf(all, model) : undefined,
        sampleSteps,
      };
    },
    predict: (variables, images, labels) =>
      predictor.predict(
        variables,
        images,
        labels,
        batchSizes(Math.max(1, Math.min(labels.data.length, 250))),
      ),
    async dispose() {
      await Promise.all([predictor.dispose(), references.dispose(), victim?.dispose()]);
    },
  };

  function attacksOf(
    prepared: typeof stages,
  ): readonly (NamedAttack & Pick<AttackResults, 'parts' | 'skipped'>)[] {
    return attacks.map((named, index) => {
      const parts = prepared[index]!.flatMap(({ part }) => (part === undefined ? [] : [part]));
      const all = (named.attack.parts ?? []).map(({ id }) => id);
      return { ...named, parts, skipped: all.filter((id) => !parts.includes(id)) };
    });
  }
}

interface Running {
  readonly variables: Variables;
  readonly sizes: BatchSizes;
  readonly hooks: EvaluationHooks;
}

function adversarialsOf(samples: readonly SampleRecord[], model: Model): SavedAdversarials {
  const broken = samples.filter(({ image }) => image !== undefined);
  const { height, width, channels } = model.shape;
  const size = height * width * channels;
  const images = new Float32Array(broken.length * size);
  broken.forEach(({ image }, row) => images.set(image!, row * size));
  return {
    indices: broken.map(({ index }) => index),
    images,
    shape: [broken.length, height, width, channels],
  };
}
