import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { classTable } from '../src/class-table.js';
import { classNames, evaluationRecord } from './sample-run.js';

describe('classTable', () => {
  const plain = classTable(evaluationRecord, { colour: false });

  it('fits 80 columns and uses no colour unless asked', () => {
    for (const line of plain.split('\n')) expect(line.length, line).to.be.at.most(80);
    expect(stripVTControlCharacters(plain)).to.equal(plain);
    const coloured = classTable(evaluationRecord, { colour: true });
    expect(coloured).not.to.equal(plain);
    expect(stripVTControlCharacters(coloured)).to.equal(plain);
  });

  it('shows more where there is room: both intervals, and what attacked images are taken for', () => {
    for (const width of [112, 130, 200]) {
      const wide = classTable(evaluationRecord, { colour: false, width });
      for (const line of wide.split('\n')) expect(line.length, line).to.be.at.most(Math.min(width, 140));
      expect(wide).to.match(/^> waves +100 +62\.0 +52\.2–70\.9 +24\.0 +16\.7–33\.2 .*zebra \(60\.0 %\)$/m);
    }
  });

  it('leaves out the bars of a slim terminal, but no name', () => {
    const slim = classTable(evaluationRecord, { colour: false, width: 54 });
    expect(slim).to.not.contain('█');
    expect(slim).to.match(/^> waves +100 +62\.0 +24\.0 +16\.7–33\.2$/m);
    expect(slim).to.match(/worst class +62\.0 +24\.0 +16\.7–33\.2 +waves$/m);
  });

  it('has a row per class with count, clean and robust accuracy, in order', () => {
    const rows = plain.split('\n').slice(1, 5);
    rows.forEach((row, index) => expect(row).to.include(classNames[index]));
    expect(rows[0]).to.match(/^ {2}sun +100 +99\.0 +98\.0 +93\.0–99\.4/);
  });

  it('marks the worst class by a sign, not by colour alone', () => {
    expect(plain.split('\n').filter((line) => line.startsWith('>'))).to.have.length(1);
    expect(plain).to.match(/^> waves +100 +62\.0 +24\.0/m);
    expect(plain).to.match(/worst class +62\.0 +24\.0 +16\.7–33\.2 +waves/);
  });

  it('draws robust and clean accuracy as one bar', () => {
    expect(plain).to.match(/^> waves.* █{5}░{9}·{8}$/m);
  });

  it('states average, worst 30 % and NSD with its ddof', () => {
    expect(plain).to.match(/average +87\.0 +71\.8 +67\.1–75\.9/);
    expect(plain).to.match(/gap best to worst +37\.0 +74\.0 .* best: sun/);
    expect(plain).to.match(/mean of worst 30 % +62\.0 +24\.0/);
    expect(plain).to.match(/NSD \(ddof 0\) +0\.170 +0\.399 +0\.\d{3}–0\.\d{3} +lower is fairer/);
  });

  it('names both classes where another one is worst without an attack', () => {
    const { evaluation } = evaluationRecord;
    const cleanCorrect = evaluation.cleanCorrect.map((correct, index) => (index === 0 ? 5 : correct));
    const other = classTable(
      { ...evaluationRecord, evaluation: { ...evaluation, cleanCorrect } },
      { colour: false },
    );
    expect(other).to.match(/worst class +5\.0 +24\.0 +16\.7–33\.2 +waves; clean: sun$/m);
  });

  it('has a line for other radii where they were asked for', () => {
    const { evaluation } = evaluationRecord;
    const correct = evaluation.counts.map(() => 50);
    const epsilonCurve = [
      { epsilon: 0, correct: evaluation.counts },
      { epsilon: 2 / 255, correct },
    ];
    expect(classTable({ ...evaluationRecord, epsilonCurve }, { colour: false })).to.contain(
      'By epsilon, right there and at every smaller one: 100.0 % at 0, 50.0 % at 2/255.',
    );
  });

  it('says that an interval without width is no certainty, where there is one', () => {
    const remark = 'One without width is no certainty';
    expect(plain).to.not.contain(remark);
    const { evaluation } = evaluationRecord;
    const none = { ...evaluation, robustCorrect: evaluation.robustCorrect.map(() => 0) };
    expect(classTable({ ...evaluationRecord, evaluation: none }, { colour: false })).to.contain(remark);
  });

  it('reproduces the oracle for NSD (methods.md 7): .292605 of the population, .308433 of the sample', () => {
    const robustCorrect = [60, 70, 40, 25, 35, 45, 65, 68, 72, 66];
    const hundreds = robustCorrect.map(() => 100);
    const record = {
      classNames: robustCorrect.map((_, index) => `class ${index}`),
      seed: 0,
      evaluation: {
        ...evaluationRecord.evaluation,
        count: 1000,
        counts: hundreds,
        cleanCorrect: hundreds,
        robustCorrect,
      },
    };
    expect(classTable(record, { colour: false })).to.match(/NSD \(ddof 0\) +0\.000 +0\.293/);
    expect(classTable({ ...record, ddof: 1 }, { colour: false })).to.match(/NSD \(ddof 1\) +0\.000 +0\.308/);
    expect(classTable(record, { colour: false })).to.match(/average +100\.0 +54\.6/);
  });

  it('states the conditions: attack, radius as a fraction, samples, seed', () => {
    const text = plain.replaceAll('\n', ' ');
    expect(text).to.include(
      '95 % intervals: Wilson for accuracies; bootstrap, 1,000 resamples within classes, seed 7',
    );
    expect(text).to.include('Robust: PGD, 20 steps of 2/255, epsilon 8/255; n = 400, seed 7.');
  });

  it('copes with a class without examples and with long names', () => {
    const { evaluation } = evaluationRecord;
    const table = classTable(
      {
        ...evaluationRecord,
        classNames: ['a class with a very long name indeed', ...classNames.slice(1)],
        evaluation: {
          ...evaluation,
          count: 300,
          counts: [0, 100, 100, 100],
          cleanCorrect: [0, 62, 97, 90],
          robustCorrect: [0, 24, 89, 76],
        },
      },
      { colour: false },
    );
    expect(table).to.match(/a class with.* 0 +– +– +–/);
    for (const line of table.split('\n')) expect(line.length, line).to.be.at.most(80);
  });
});
