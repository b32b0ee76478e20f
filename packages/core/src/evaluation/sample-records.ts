import type { AttackFindings } from './attack-findings.js';
import type { Pool } from './pool.js';
import type { Predictions } from './predictor.js';

/** What is known of an image so far. */
export interface SampleRecord {
  readonly index: number;
  readonly label: number;
  readonly cleanPrediction: number;
  readonly cleanMargin: number;
  readonly cleanCorrect: boolean;
  attackedPrediction: number;
  attackedMargin: number;
  /** Cross-entropy on the image that {@link attackedPrediction} is of. */
  loss: number;
  brokenBy?: string;
  brokenByPart?: string;
  brokenAtStep?: number;
  /** Ids of all attacks that broke it. */
  readonly brokenByAll: Set<string>;
  breaksIn8Bit?: boolean;
  /** The image that broke it. */
  image?: Float32Array;
}

/** Before the first attack. */
export function openSamples(pool: Pool, clean: Predictions): SampleRecord[] {
  return Array.from(pool.ids, (index, row) => {
    const label = pool.labels.data[row]!;
    const cleanPrediction = clean.classes[row]!;
    const cleanMargin = clean.margins[row]!;
    return {
      index,
      label,
      cleanPrediction,
      cleanMargin,
      cleanCorrect: cleanPrediction === label,
      attackedPrediction: cleanPrediction,
      attackedMargin: cleanMargin,
      loss: clean.loss[row]!,
      brokenByAll: new Set<string>(),
    };
  });
}

/**
 * Books what an attack did. The first one that breaks a sample is named; until then the hardest image counts.
 *
 * @returns the places of the samples that it broke
 */
export function bookFindings(
  samples: readonly SampleRecord[],
  findings: AttackFindings,
  stage: { readonly id: string; readonly part?: string },
): number[] {
  const broken: number[] = [];
  const size = findings.images.length / Math.max(1, wrongPlaces(samples, findings).length);
  findings.rows.forEach((row, place) => {
    const sample = samples[row]!;
    const prediction = findings.predictions[place]!;
    const margin = findings.margins[place]!;
    const breaks = prediction !== sample.label;
    if (breaks) {
      sample.brokenByAll.add(stage.id);
      broken.push(row);
    }
    if (sample.brokenBy !== undefined || (!breaks && margin >= sample.attackedMargin)) return;
    sample.attackedPrediction = prediction;
    sample.attackedMargin = margin;
    sample.loss = findings.losses[place]!;
    if (!breaks) return;
    sample.brokenBy = stage.id;
    if (stage.part !== undefined) sample.brokenByPart = stage.part;
    if (findings.steps[place]! >= 0) sample.brokenAtStep = findings.steps[place]!;
    if (findings.images.length === 0) return;
    const at = broken.length - 1;
    sample.image = findings.images.subarray(at * size, (at + 1) * size);
    sample.breaksIn8Bit = findings.holdsIn8Bit[place] === 1;
  });
  return broken;
}

function wrongPlaces(samples: readonly SampleRecord[], { rows, predictions }: AttackFindings): number[] {
  return rows.filter((row, place) => predictions[place] !== samples[row]!.label);
}
