import { expect } from 'chai';
import type { SampleVerdict } from '@ard/core/host';
import { compareEvaluations, type ComparedEvaluation } from '../../src/comparison/compare-evaluations.js';
import { checkSameAttacks } from '../../src/comparison/check-same-samples.js';
import { comparisonReport } from '../../src/comparison/comparison-report.js';
import { comparisonTable } from '../../src/comparison/comparison-table.js';

const options = { resamples: 500, seed: 1, ddof: 0 } as const;

/** One image per letter: `r` robust, `c` right without attack only, `w` wrong. */
function evaluation(name: string, classes: readonly string[], changes: Partial<ComparedEvaluation> = {}) {
  const verdicts = classes.flatMap((letters, label) =>
    [...letters].map((letter, at): SampleVerdict => {
      const other = (label + 1) % classes.length;
      const attackedPrediction = letter === 'r' ? label : other;
      return {
        index: 100 * label + at,
        label,
        cleanPrediction: letter === 'w' ? other : label,
        cleanMargin: letter === 'w' ? -1 : 1,
        attackedPrediction,
        attackedMargin: letter === 'r' ? 1 : -1,
      };
    }),
  );
  const attacks = [{ description: 'PGD, 20 steps of 2/255', epsilon: 8 / 255 }];
  return {
    name,
    classNames: ['sun', 'waves'],
    attacks,
    testImages: 'abcdef0123456789',
    verdicts,
    ...changes,
  };
}

const r = (count: number) => 'r'.repeat(count);
const c = (count: number) => 'c'.repeat(count);

describe('compareEvaluations', () => {
  // class 0: 40 in both, 2 only in A, 8 only in B; class 1: 20 in both, 1 only in A, 9 only in B, 20 in neither
  const first = evaluation('A', [r(40) + r(2) + c(8), r(20) + r(1) + c(9) + c(20)]);
  const second = evaluation('B', [r(40) + c(2) + r(8), r(20) + c(1) + r(9) + c(20)]);
  const comparison = compareEvaluations(first, second, options);

  it('counts pairs, and tests them by McNemar: over all images and within each class, adjusted by Holm', () => {
    const { robust } = comparison;
    expect([robust.both, robust.onlyFirst, robust.onlySecond, robust.neither]).to.deep.equal([60, 3, 17, 20]);
    // scipy 1.17: binomtest(3, 20), binomtest(2, 10), binomtest(1, 10)
    expect(robust.mcnemar.pValue).to.be.closeTo(0.00257682800292969, 1e-12);
    expect(robust.classes[0]!.pValue).to.be.closeTo(0.109375, 1e-12);
    expect(robust.classes[1]!.pValue).to.be.closeTo(0.021484375, 1e-12);
    expect(robust.classes[0]!.adjustedPValue).to.be.closeTo(0.109375, 1e-12);
    expect(robust.classes[1]!.adjustedPValue).to.be.closeTo(0.04296875, 1e-12);
  });

  it('gives differences of average, worst class, worst 30 %, gap and NSD, B minus A, inside their intervals', () => {
    const { differences, first: a, second: b } = comparison.robust;
    expect(differences.average.estimate).to.be.closeTo(0.14, 1e-12);
    expect(differences.worst.estimate).to.be.closeTo(0.58 - 0.42, 1e-12);
    expect(differences.gap.estimate).to.be.closeTo(b.gap - a.gap, 1e-12);
    for (const { estimate, low, high } of Object.values(differences))
      expect(estimate).to.be.within(low, high);
    expect(differences.average.low).to.be.greaterThan(0);
  });

  it('has the interval of the closed form: paired differences vary by √((b+c) − (b−c)²/n)/n', () => {
    const n = 100;
    // of the average, within classes of 50 images each
    const variance = [
      [2, 8],
      [1, 9],
    ].reduce((sum, [only1, only2]) => sum + only1! + only2! - (only2! - only1!) ** 2 / 50, 0);
    const half = (1.96 * Math.sqrt(variance)) / n;
    const { low, high } = compareEvaluations(first, second, { ...options, resamples: 4000 }).robust
      .differences.average;
    expect(low).to.be.closeTo(0.14 - half, 0.012);
    expect(high).to.be.closeTo(0.14 + half, 0.012);
  });

  it('finds no difference between an evaluation and itself', () => {
    const { robust, clean } = compareEvaluations(first, first, options);
    for (const result of [robust, clean]) {
      expect(result.mcnemar.pValue).to.equal(1);
      for (const difference of Object.values(result.differences)) {
        expect(difference).to.deep.equal({ estimate: 0, low: 0, high: 0 });
      }
    }
  });

  it('changes sign when the two change places', () => {
    const back = compareEvaluations(second, first, options);
    expect(back.robust.differences.worst.estimate).to.equal(-comparison.robust.differences.worst.estimate);
    expect(back.robust.onlyFirst).to.equal(comparison.robust.onlySecond);
  });

  it('refuses other images, and says how they differ', () => {
    const refused = (changed: ComparedEvaluation): string => {
      try {
        compareEvaluations(first, changed, options);
      } catch (error) {
        return (error as Error).message;
      }
      return 'not refused';
    };
    expect(refused({ ...second, verdicts: second.verdicts.slice(1) })).to.include('100 images against 99.');
    const [zero, ...others] = second.verdicts;
    expect(refused({ ...second, verdicts: [{ ...zero!, index: 999 }, ...others] })).to.include(
      'only 99 of 100 images are in both; image 0 is only in A',
    );
    expect(refused({ ...second, testImages: '0123456789abcdef' })).to.include(
      'SHA-256 abcdef012345… and 0123',
    );
    expect(refused({ ...second, classNames: ['sun', 'moon'] })).to.include(
      'class 1 is waves in one and moon',
    );
    expect(refused({ ...second, classNames: ['sun'] })).to.include('2 classes in one and 1 in the other');
    const [{ ...moved }, ...rest] = second.verdicts;
    expect(refused({ ...second, verdicts: [{ ...moved, label: 1 } as SampleVerdict, ...rest] })).to.include(
      'image 0 is of class sun in one and waves in the other',
    );
  });

  it('does not mind the order of images, nor a data set without a fingerprint', () => {
    const shuffled = { ...second, testImages: undefined, verdicts: [...second.verdicts].reverse() };
    expect(compareEvaluations(first, shuffled, options).robust).to.deep.equal(comparison.robust);
  });

  it('refuses other attacks with both written out', () => {
    const other = { ...second, attacks: [{ description: 'FGSM', epsilon: 2 / 255 }] };
    expect(() => checkSameAttacks(first, other)).to.throw(
      /PGD, 20 steps of 2\/255, epsilon 8\/255; and FGSM, epsilon 2\/255/,
    );
    checkSameAttacks(first, second);
  });

  it('prints a table of 80 columns in which significance does not hang on colour', () => {
    const table = comparisonTable(comparison, { colour: false });
    for (const line of table.split('\n')) expect(line.length, line).to.be.at.most(80);
    expect(table).to.match(/^ {2}sun +50 +84\.0 +96\.0 +\+12\.0 +\S+ to \S+ +0\.11$/m);
    expect(table).to.match(/^\* waves +50 +42\.0 +58\.0 +\+16\.0 +\+\S+ to \+\S+ +0\.043$/m);
    expect(table).to.match(/average +63\.0 +77\.0 +\+14\.0 .*p = 0\.0026$/m);
    expect(table).to.match(/worst class +42\.0 +58\.0 +\+16\.0 .* waves$/m);
    expect(table.replaceAll('\n', ' ')).to.include(
      'The same 100 images. Robust: PGD, 20 steps of 2/255, epsilon 8/255.',
    );
    expect(comparisonTable(comparison, { colour: true })).not.to.equal(table);
  });

  it('says that an interval without width is no certainty, where a difference has one', async () => {
    const remark = 'One without width is no certainty';
    expect(comparisonTable(comparison, { colour: false })).to.not.contain(remark);
    // an image of each class: whatever is drawn is the same
    const few = compareEvaluations(evaluation('A', ['r', 'r']), evaluation('B', ['c', 'r']), options);
    const table = comparisonTable(few, { colour: false });
    for (const line of table.split('\n')) expect(line.length, line).to.be.at.most(80);
    expect(table).to.match(/average +100\.0 +50\.0 +−50\.0 +−50\.0 to −50\.0/);
    expect(table).to.match(/sun +1 +100\.0 +0\.0 +−100\.0 +−100\.0 to −100\.0 +1$/m);
    expect(table).to.contain(remark);
    expect(await comparisonReport(few)).to.contain(remark);
  });

  it('makes a page that loads nothing', async () => {
    const html = await comparisonReport(comparison);
    expect(html.match(/<svg /g)).to.have.length(4);
    expect(html).to.include('<h2>Robust accuracy per class</h2>');
    expect(html).not.to.match(/<script|<link|NaN|undefined/);
  });
});
