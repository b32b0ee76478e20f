import * as tf from '@tensorflow/tfjs-core';
import type { Attack, TracedAttackBatch } from '../../contracts/attack.js';
import type { BatchSource } from '../../contracts/batch.js';
import type { Engine } from '../../contracts/engine.js';
import type { Model, Variables } from '../../contracts/model.js';
import type { HostArray } from '../../contracts/nd-array.js';
import type { ObjectiveInputs } from '../../contracts/objective.js';
import { rowsOf } from '../../examples/rows-of.js';
import { hostArray } from '../../nd-array.js';
import { randomStream } from '../../random-stream.js';
import { createVictim } from '../../training/victim.js';
import { createEvaluator, type Evaluation } from '../evaluator.js';
import type { CheckContext, CheckFinding, Probe, ProbeSettings } from './sanity-check.js';
import { sanityChecks } from './sanity-checks.js';

export interface CheckOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly variables: Variables;
  readonly evaluation: Evaluation;
  /** The attacks evaluated with; their radius and norm are those of the probes. */
  readonly attacks: readonly Attack[];
  readonly batches: BatchSource;
  /** Images to look at, of those that the network is right about. */
  readonly samples: number;
  readonly seed: number;
  /** An ascent along gradients that keeps the worst iterate. */
  probe(settings: ProbeSettings): Promise<Attack>;
}

export interface CheckResult extends CheckFinding {
  readonly id: string;
}

/** Asks every question that arises; nothing is asked where the network is right about no image. */
export async function runChecks(options: CheckOptions): Promise<readonly CheckResult[]> {
  const { evaluation, model, attacks } = options;
  const sample = await correctImages(options);
  if (sample === undefined) return [];
  const usesGradients = attacks.some(({ passes }) => passes.backward > 0);
  const asked = sanityChecks.filter((check) => usesGradients || !check.usesGradients);
  const probes = usesGradients ? await probeAll(options, sample) : undefined;
  const network = askNetwork(options, sample);
  const context: CheckContext = {
    classes: model.classes,
    count: sample.labels.data.length,
    logits: network.logits,
    steepest: network.steepest,
    robust: (probe) => probes!.get(probe)!,
    evaluation,
  };
  try {
    const results: CheckResult[] = [];
    for (const { id, run } of asked) {
      const finding = await run(context);
      if (finding) results.push({ id, ...finding });
    }
    return results;
  } finally {
    await network.dispose();
  }
}

interface Sample {
  readonly images: HostArray;
  readonly labels: HostArray;
}

/** The first images that the network is right about, of the first batch that has some. */
async function correctImages({ evaluation, batches, samples }: CheckOptions): Promise<Sample | undefined> {
  const correct = new Set(
    evaluation.verdicts.flatMap((verdict) =>
      verdict.cleanPrediction === verdict.label ? [verdict.index] : [],
    ),
  );
  for (let step = 0; step < batches.stepsPerEpoch && samples > 0; step++) {
    const { images, labels, ids } = await batches.batch(0, step);
    const rows = [...ids].flatMap((id, row) => (correct.has(id) ? [row] : [])).slice(0, samples);
    if (rows.length > 0) return { images: await rowsOf(images, rows), labels: await rowsOf(labels, rows) };
  }
  return undefined;
}

function askNetwork(
  { engine, model, variables }: CheckOptions,
  { images, labels }: Sample,
): Pick<CheckContext, 'logits' | 'steepest'> & { dispose(): Promise<void> } {
  const victim = createVictim({
    engine,
    model,
    variables,
    mode: 'eval',
    objective: { references: [], perExampleLoss: crossEntropy },
  });
  const count = labels.data.length;
  const batch = {
    images,
    labels,
    epsilon: hostArray(new Float32Array(count), [count]),
    references: {},
  };
  const ask = (name: string, loss: (inputs: ObjectiveInputs) => tf.Tensor1D) =>
    victim.compile(name, (inputs: { batch: TracedAttackBatch }, traced) => {
      const { gradient } = traced.evaluate(inputs.batch.images, inputs.batch, loss);
      return { steepest: tf.max(tf.abs(gradient), [1, 2, 3]) };
    });
  const steps = {
    'cross-entropy': ask('check-cross-entropy', crossEntropy),
    margin: ask('check-margin', ({ logits, oneHotLabels }) =>
      tf.sub(tf.max(tf.sub(logits, tf.mul(oneHotLabels, 1e9)), 1), tf.sum(tf.mul(logits, oneHotLabels), 1)),
    ),
  };
  return {
    async logits() {
      const logits = await victim.cleanLogits(images);
      return await rowsOf(
        logits,
        Array.from({ length: count }, (_, row) => row),
      );
    },
    async steepest(loss) {
      return Array.from(await (await steps[loss]({ batch })).steepest.read());
    },
    dispose: () => victim.dispose(),
  };
}

function crossEntropy({ logits, oneHotLabels }: ObjectiveInputs): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(oneHotLabels, tf.logSoftmax(logits)), 1));
}

/** Images left right by each probe. */
async function probeAll(options: CheckOptions, { images, labels }: Sample): Promise<Map<Probe, number>> {
  const { engine, model, variables, attacks, seed } = options;
  const [first] = attacks;
  const { height, width, channels } = model.shape;
  const norm = first!.norm ?? 'linf';
  const farthest = norm === 'linf' ? 1 : Math.sqrt(height * width * channels);
  const epsilon = first!.epsilon;
  // 2.5 times the way across the ball, whatever the number of steps
  const settings = (radius: number, steps: number, restarts = 1): ProbeSettings => ({
    norm,
    epsilon: Math.min(radius, farthest),
    steps,
    stepSize: (2.5 * Math.min(radius, farthest)) / steps,
    restarts,
  });
  const probes: Readonly<Record<Probe, ProbeSettings>> = {
    fewSteps: settings(epsilon, 5),
    manySteps: settings(epsilon, 20),
    halfEpsilon: settings(epsilon / 2, 20),
    doubleEpsilon: settings(2 * epsilon, 20),
    wholeRange: settings(farthest, 50, 5),
  };
  const named = await Promise.all(
    Object.entries(probes).map(async ([id, each]) => ({ id, attack: await options.probe(each) })),
  );
  const evaluator = createEvaluator({
    engine,
    model,
    attacks: named,
    objective: { references: [], perExampleLoss: crossEntropy },
    random: randomStream(seed).derive('checks'),
    everyAttackOnAll: true,
  });
  const count = labels.data.length;
  const ids = Int32Array.from({ length: count }, (_, index) => index);
  try {
    const { attacks: results } = await evaluator.run(variables, {
      count,
      stepsPerEpoch: 1,
      classCounts: [],
      batch: () => Promise.resolve({ images, labels, ids }),
    });
    return new Map(
      results.map(({ id, correct }) => [id as Probe, correct.reduce((sum, value) => sum + value, 0)]),
    );
  } finally {
    await evaluator.dispose();
  }
}
