import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isArdError, type StoredTensor } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { safetensorsStore } from '../src/index.js';
import { rejection, temporaryPath } from './support/files.js';

const one: StoredTensor = { shape: [1], data: Float32Array.of(1), storage: 'float32' };

describe('writing safetensors', () => {
  it('reads back what it wrote, bit for bit', async () => {
    const path = temporaryPath('round.safetensors');
    const tensor = fc.array(fc.nat(3), { maxLength: 4 }).chain((shape) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const exact = { minLength: size, maxLength: size };
      return fc.oneof(
        fc.float32Array(exact).map((data) => ({ shape, data, storage: 'float32' as const })),
        fc.array(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), exact).map((values) => ({
          shape,
          data: Float32Array.from(values, (v) => v + 0),
          storage: 'int64' as const,
        })),
      );
    });
    const content = fc.record({
      tensors: fc.dictionary(
        fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
        tensor,
        { noNullPrototype: true },
      ),
      metadata: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
    });
    await fc.assert(
      fc.asyncProperty(content, async ({ tensors, metadata }) => {
        await safetensorsStore.save(path, { tensors, metadata });
        const loaded = await safetensorsStore.load(path);
        expect(loaded.metadata).to.deep.equal(metadata);
        expect(loaded.tensors).to.deep.equal(tensors);
      }),
      { numRuns: 100 },
    );
  });

  it('lays tensors out as the format asks: aligned, widest first, then by name', async () => {
    const path = temporaryPath('layout.safetensors');
    await safetensorsStore.save(path, {
      tensors: { b: one, a: one, count: { shape: [], data: Float32Array.of(3), storage: 'int64' } },
      metadata: { format: 'pt' },
    });
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).to.equal(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).to.deep.equal({
      __metadata__: { format: 'pt' },
      count: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      a: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
      b: { dtype: 'F32', shape: [1], data_offsets: [12, 16] },
    });
    expect(bytes.readBigInt64LE(8 + length)).to.equal(3n);
  });

  it('writes a view of a larger array, not the whole of it', async () => {
    const path = temporaryPath('view.safetensors');
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    await safetensorsStore.save(path, {
      tensors: { a: { shape: [2], data, storage: 'float32' } },
      metadata: {},
    });
    expect([...(await safetensorsStore.load(path)).tensors['a']!.data]).to.deep.equal([2, 3]);
  });

  it('refuses a folder that is missing, in one line', async () => {
    const error = await rejection(safetensorsStore.save(temporaryPath('no/where.safetensors'), empty()));
    expect(isArdError(error)).to.equal(true);
    expect(error.message).to.include('where.safetensors');
  });

  it('keeps the former file and no rest of the new one when something fails', async () => {
    const path = temporaryPath('kept/file.safetensors');
    mkdirSync(dirname(path));
    writeFileSync(path, 'former');
    const wrong = { shape: [2], data: Float32Array.of(1), storage: 'float32' as const };
    await rejection(safetensorsStore.save(path, { tensors: { wrong }, metadata: {} }));
    expect(readFileSync(path, 'utf8')).to.equal('former');

    const folder = temporaryPath('kept/folder.safetensors');
    mkdirSync(folder); // the rename onto it fails after everything was written
    const error = await rejection(safetensorsStore.save(folder, empty()));
    expect(isArdError(error), String(error)).to.equal(true);
    expect(readdirSync(dirname(path))).to.have.members(['file.safetensors', 'folder.safetensors']);
  });
});

function empty() {
  return { tensors: { one }, metadata: {} };
}
