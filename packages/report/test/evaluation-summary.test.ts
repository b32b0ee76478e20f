import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { classCsv } from '../src/class-csv.js';
import { evaluationSummary, summarySchema } from '../src/evaluation-summary.js';
import { evaluationRecord } from './sample-run.js';

const documented = fileURLToPath(new URL('../../../../docs/summary.schema.json', import.meta.url));

describe('summary.json', () => {
  it('is documented by the schema that the code checks it with (ARD_RECORD_SCHEMA=1 writes it anew)', () => {
    const text = `${JSON.stringify(z.toJSONSchema(summarySchema, { io: 'input' }), undefined, 2)}\n`;
    if (process.env.ARD_RECORD_SCHEMA) writeFileSync(documented, text);
    expect(JSON.parse(readFileSync(documented, 'utf8'))).to.deep.equal(JSON.parse(text));
  });

  it('says what every key means', () => {
    const { properties } = z.toJSONSchema(summarySchema) as {
      properties: Record<string, { description?: string }>;
    };
    for (const [key, { description }] of Object.entries(properties)) {
      if (key !== 'schemaVersion') expect(description, key).to.match(/\w/);
    }
  });

  it('holds rates with intervals, worst and best class, gap and NSD, and what was evaluated', () => {
    const summary = evaluationSummary(evaluationRecord, { student: 'resnet-8', testImages: 'abc' });
    expect(summary).to.deep.include({ schemaVersion: 1, samples: 400, seed: 7, student: 'resnet-8' });
    expect(summary.robust.worst).to.deep.equal({ classIndex: 1, accuracy: 0.24 });
    expect(summary.robust.gap).to.be.closeTo(0.74, 1e-12);
    expect(summary.robust.accuracyIntervals[1]!.low).to.be.closeTo(0.1669, 1e-4);
    expect(summary.robust.intervals.worst.low).to.be.lessThan(0.24);
    expect(summarySchema.parse(JSON.parse(JSON.stringify(summary)))).to.deep.equal(summary);
  });

  it('has null where a class has no images, which JSON has no number for', () => {
    const { evaluation } = evaluationRecord;
    const { robust } = evaluationSummary({
      ...evaluationRecord,
      evaluation: {
        ...evaluation,
        count: 300,
        counts: [0, 100, 100, 100],
        cleanCorrect: [0, 62, 97, 90],
        robustCorrect: [0, 24, 89, 76],
      },
    });
    expect(robust.accuracy[0]).to.equal(null);
  });

  it('is refused when a number is out of range', () => {
    const summary = evaluationSummary(evaluationRecord);
    const wrong = { ...summary, robust: { ...summary.robust, average: 71.8 } };
    expect(summarySchema.safeParse(wrong).success).to.equal(false);
  });
});

describe('classCsv', () => {
  it('has a line per class, quoted where a name needs it, empty where there is no number', () => {
    const { evaluation } = evaluationRecord;
    const csv = classCsv({
      ...evaluationRecord,
      classNames: ['T-shirt, "top"', 'waves', 'zebra', 'brick'],
      evaluation: {
        ...evaluation,
        counts: [100, 100, 100, 0],
        cleanCorrect: [99, 62, 97, 0],
        robustCorrect: [98, 24, 89, 0],
        confusion: [...evaluation.confusion.slice(0, 3), [0, 0, 0, 0]],
      },
    });
    const lines = csv.split('\r\n');
    expect(lines[0]).to.match(/^class,count,clean,clean_low,clean_high,robust/);
    expect(lines[1]).to.match(/^"T-shirt, ""top""",100,0\.99,/);
    expect(lines[2]).to.match(/^waves,100,0\.62,0\.5220\d+,0\.709\d+,0\.24,0\.1669\d*,0\.332\d*,zebra,0\.6$/);
    expect(lines[4]).to.equal('brick,0,,,,,,,,');
    expect(lines).to.have.length(6);
  });
});
