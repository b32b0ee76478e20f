import type { Attack } from '../contracts/attack.js';
import type { AttackResults, Evaluation } from './evaluator.js';
import type { SampleRecord } from './sample-records.js';
import type { SampleVerdict } from './stored/sample-verdict.js';

/** Counts per class, and a verdict per sample. */
export function tallied(
  samples: readonly SampleRecord[],
  classes: number,
  {
    attacks,
    everyAttackOnAll,
  }: {
    readonly attacks: readonly {
      readonly id: string;
      readonly attack: Attack;
      readonly parts: readonly string[];
      readonly skipped: readonly string[];
    }[];
    readonly everyAttackOnAll: boolean;
  },
): Omit<Evaluation, 'adversarials' | 'sampleSteps'> {
  const perClass = (counted: (sample: SampleRecord) => number): number[] => {
    const sums = new Array<number>(classes).fill(0);
    for (const sample of samples) sums[sample.label]! += counted(sample);
    return sums;
  };
  const where = (holds: (sample: SampleRecord) => boolean): number[] =>
    perClass((sample) => (holds(sample) ? 1 : 0));
  const counts = where(() => true);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, attackedPrediction } of samples) confusion[label]![attackedPrediction]!++;
  const results: AttackResults[] = attacks.map(({ id, attack, parts, skipped }, index) => {
    const counting = everyAttackOnAll ? [id] : attacks.slice(0, index + 1).map((one) => one.id);
    return {
      id,
      description: attack.description,
      epsilon: attack.epsilon,
      correct: where(
        ({ cleanCorrect, brokenByAll }) => cleanCorrect && !counting.some((one) => brokenByAll.has(one)),
      ),
      alone: everyAttackOnAll || index === 0,
      parts,
      skipped,
    };
  });
  return {
    count: samples.length,
    counts,
    cleanCorrect: where(({ cleanCorrect }) => cleanCorrect),
    robustCorrect: where(({ cleanCorrect, brokenBy }) => cleanCorrect && brokenBy === undefined),
    attacks: results,
    confusion,
    meanLoss: perClass(({ loss }) => loss).map((sum, index) => sum / counts[index]!),
    verdicts: samples
      .map((sample) => verdictOf(sample, everyAttackOnAll))
      .sort((one, other) => one.index - other.index),
  };
}

function verdictOf(sample: SampleRecord, alone: boolean): SampleVerdict {
  const { index, label, cleanPrediction, cleanMargin, attackedPrediction, attackedMargin } = sample;
  const { brokenBy, brokenByPart, brokenAtStep, brokenByAll, breaksIn8Bit } = sample;
  return {
    index,
    label,
    cleanPrediction,
    cleanMargin,
    attackedPrediction,
    attackedMargin,
    ...(brokenBy === undefined ? {} : { brokenBy }),
    ...(brokenByPart === undefined ? {} : { brokenByPart }),
    ...(brokenAtStep === undefined ? {} : { brokenAtStep }),
    ...(alone && brokenBy !== undefined ? { brokenAlone: [...brokenByAll] } : {}),
    ...(breaksIn8Bit === undefined ? {} : { breaksIn8Bit }),
  };
}
