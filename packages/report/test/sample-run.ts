import { neutralKnobs, type EpochFinished } from '@ard/core';
import type { SampleVerdict } from '@ard/core/host';
import type { EvaluationRecord, ExampleImage, RunReport } from '../src/run-report.js';

export const classNames = ['sun', 'waves', 'zebra', 'brick'];

/** 100 images a class; `waves` is the worst class. */
export const evaluationRecord: EvaluationRecord = {
  classNames,
  seed: 7,
  evaluation: {
    count: 400,
    counts: [100, 100, 100, 100],
    cleanCorrect: [99, 62, 97, 90],
    robustCorrect: [98, 24, 89, 76],
    attacks: [
      {
        id: 'pgd:s',
        description: 'PGD, 20 steps of 2/255',
        epsilon: 8 / 255,
        correct: [98, 24, 89, 76],
        alone: true,
        parts: [],
        skipped: [],
      },
    ],
    confusion: [
      [98, 2, 0, 0],
      [1, 24, 60, 15],
      [0, 5, 89, 6],
      [0, 14, 10, 76],
    ],
    meanLoss: [0.1, 1.6, 0.4, 0.7],
    verdicts: [],
    adversarials: undefined,
    sampleSteps: 0,
  },
};

const predictions = (row: readonly number[]): readonly number[] =>
  row.flatMap((count, predicted) => new Array<number>(count).fill(predicted));

/** Verdicts that count up to {@link evaluationRecord}. */
export const verdicts: readonly SampleVerdict[] = evaluationRecord.evaluation.confusion.flatMap(
  (row, label) => {
    const clean = evaluationRecord.evaluation.cleanCorrect[label]!;
    // those that stay right first, then those that the attack breaks, then those wrong anyway
    const attacked = [...predictions(row)].sort((a, b) => Number(b === label) - Number(a === label));
    return attacked.map((attackedPrediction, at) => {
      const robust = attackedPrediction === label;
      const right = robust || at < clean;
      return {
        index: 100 * label + at,
        label,
        cleanPrediction: right ? label : attackedPrediction,
        cleanMargin: right ? 0.5 + ((97 * at) % 60) / 10 : -1 - at / 100,
        attackedPrediction,
        attackedMargin: robust ? 0.2 + ((31 * at) % 30) / 10 : -0.3 - at / 50,
        ...(right && !robust ? { brokenBy: 'pgd:s', brokenAtStep: at % 20 } : {}),
      };
    });
  },
);

const shape = { height: 8, width: 8, channels: 3 };

/** A coloured gradient, and the same with a pattern of 8/255. */
const examples: readonly ExampleImage[] = verdicts
  .filter(({ brokenBy }) => brokenBy !== undefined)
  .filter(({ label }, at, all) => all.findIndex((other) => other.label === label) === at)
  .map((verdict) => {
    const clean = Float32Array.from({ length: 8 * 8 * 3 }, (_, at) => (at % 24) / 48 + (at % 3) / 8);
    const adversarial = clean.map(
      (value, at) => value + ((at * 7) % 5 < 2 ? 8 / 255 : -8 / 255) * (value > 0.1 ? 1 : 0),
    );
    return { verdict, clean, adversarial };
  });

/** The same with everything that a report can show. */
export const fullRecord: EvaluationRecord = {
  ...evaluationRecord,
  evaluation: { ...evaluationRecord.evaluation, verdicts },
  examples: { shape, images: examples },
  epsilonCurve: [
    { epsilon: 0, correct: [99, 62, 97, 90] },
    { epsilon: 2 / 255, correct: [99, 50, 95, 86] },
    { epsilon: 4 / 255, correct: [98, 40, 92, 81] },
    { epsilon: 8 / 255, correct: [98, 24, 89, 76] },
  ],
};

export function epoch(index: number): EpochFinished {
  const results = {
    counts: [10, 10, 10, 10],
    cleanAccuracy: [0.9, 0.5, 0.8, 0.7],
    robustAccuracy: [0.8, 0.2, 0.6, 0.6],
    meanLoss: [0.4, 1.9, 0.6, 0.8],
  };
  const weights = index === 0 ? [1, 1, 1, 1] : [5 / 6, 2 + index / 10, 5 / 6, 0.9];
  return {
    epoch: index,
    loss: 2 / (index + 1),
    terms: { robust: 1, clean: 0.5 },
    training: results,
    difficulty: { values: [9.5, 3.1 + index, 8, 7], harder: 'lower' },
    knobs: { ...neutralKnobs(4), lossWeight: weights, epsilon: [1.1, 1, 1, 0.9] },
    nextKnobs: { ...neutralKnobs(4), lossWeight: weights },
    methodState: { cleanWeight: [0.5 + index / 20], teacherTemperature: [1] },
    strategyState: { multipliers: { boundary: [0.1 * index, 0, 0, 0.2] }, name: 'frl' },
    averageUpdates: index,
    learningRate: 0.1 / (index + 1),
    evaluation:
      index % 2 === 0
        ? undefined
        : {
            attack: 'PGD, 10 steps of 2/255',
            count: 200,
            cleanAccuracy: 0.6 + index / 50,
            robustAccuracy: 0.5 + index / 50,
            worstClassRobustAccuracy: 0.1 + index / 50,
            perClass: results,
          },
  };
}

export const runReport: RunReport = {
  name: 'fair-geometric-1',
  facts: { engine: 'ONNX Runtime 1.30.0, cpu, 2 threads', data: '3,000 images generated from seed 0' },
  config: {
    dataset: { id: 'generated', options: { trainCount: 3000 } },
    training: { epochs: 6, batchSize: 64 },
  },
  plugins: [{ name: 'fair-geometric', version: '0.1.0' }],
  classNames,
  epochs: [0, 1, 2, 3, 4, 5].map(epoch),
  evaluation: evaluationRecord,
};
