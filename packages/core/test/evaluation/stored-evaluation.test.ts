import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  adversarialTensors,
  readAdversarials,
  readVerdicts,
  verdictLines,
  type SampleVerdict,
} from '@ard/core/host';
import type { CheckpointStore, StoredTensors } from '@ard/core';

/** Keeps the one file in memory. */
function memoryStore(content: StoredTensors): CheckpointStore {
  return { save: () => Promise.resolve(), load: () => Promise.resolve(content) };
}

describe('stored evaluation', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ard-verdicts-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps verdicts exactly, ordered by index', () => {
    const margin = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const one = fc.record({
      label: fc.nat(9),
      cleanPrediction: fc.nat(9),
      cleanMargin: margin,
      attackedPrediction: fc.nat(9),
      attackedMargin: margin,
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (parts) => {
        const verdicts: SampleVerdict[] = parts.map((part, index) => ({ index, ...part }));
        writeFileSync(join(folder, 'verdicts.jsonl'), verdictLines([...verdicts].reverse()));
        const read = readVerdicts(folder);
        expect(read.map(({ index }) => index)).to.deep.equal(verdicts.map(({ index }) => index));
        expect(read.map(({ cleanMargin }) => Math.fround(cleanMargin))).to.deep.equal(
          verdicts.map(({ cleanMargin }) => Math.fround(cleanMargin)),
        );
      }),
    );
  });

  it('says what is wrong with a file that is missing or damaged', () => {
    expect(() => readVerdicts(folder)).to.throw(/holds no verdicts/);
    writeFileSync(join(folder, 'verdicts.jsonl'), '{"index":0}\n');
    expect(() => readVerdicts(folder)).to.throw(/line 1 has no number "label"/);
    writeFileSync(join(folder, 'verdicts.jsonl'), '{"index":0\n');
    expect(() => readVerdicts(folder)).to.throw(/line 1 is not valid JSON/);
  });

  it('rounds images to 8 bits but for those that must stay exact', async () => {
    const images = Float32Array.of(0.1, 0.2, 0.5, 0.6, 0.999, 1);
    const saved = { indices: [7, 3, 9], images, shape: [3, 1, 2, 1] };
    const tensors = adversarialTensors(saved, (index) => index === 3);
    expect(tensors.images!.storage).to.equal('uint8');
    expect([...tensors.images!.data]).to.deep.equal([26, 51, 255, 255]);
    writeFileSync(join(folder, 'adversarials.safetensors'), '');
    const read = (await readAdversarials(folder, memoryStore({ tensors, metadata: {} })))!;
    expect(read.indices).to.deep.equal([3, 7, 9]);
    expect(read.shape).to.deep.equal([3, 1, 2, 1]);
    expect([...read.images]).to.deep.equal(
      [0.5, 0.6, 26 / 255, 0.2, 1, 1].map((value) => Math.fround(value)),
    );
  });

  it('has no images where none were saved', async () => {
    expect(await readAdversarials(folder, memoryStore({ tensors: {}, metadata: {} }))).to.equal(undefined);
  });
});
