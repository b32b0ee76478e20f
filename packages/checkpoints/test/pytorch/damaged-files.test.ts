import { isArdError } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { outlineCheckpoint, readCheckpoint } from '../../src/index.js';
import { rejection, safetensorsBytes } from '../support/files.js';
import { code, fileOf, fixture, legacyCheckpoint, pickle } from '../support/pytorch-files.js';

const named = pickle.dictionary(pickle.text('a'), pickle.tensor(pickle.storage(2), 0, [2], [1]));
const storage = new Uint8Array(8);

describe('reading a checkpoint', () => {
  const other: readonly [what: string, bytes: Uint8Array, message: string][] = [
    ['an empty file', new Uint8Array(), 'truncated: 0 bytes'],
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>404</body></html>'), 'a web page'],
    ['another file', Buffer.from('epoch,loss\n1,2\n'), 'neither a safetensors file nor one of PyTorch'],
    [
      'a pickle of something else',
      code('\x80\x02', pickle.dictionary(), '.'),
      'a pickle, but not one of PyTorch',
    ],
    ['big-endian bytes', legacyCheckpoint(named, storage, { littleEndian: false }), 'big-endian'],
    ['a storage that is not listed', legacyCheckpoint(named, storage, { keys: [] }), 'lacks the storage "0"'],
    [
      'a storage listed twice',
      legacyCheckpoint(named, storage, { keys: ['0', '0'] }),
      'list of storages is damaged',
    ],
    [
      'an unknown storage',
      legacyCheckpoint(named, storage, { keys: ['toString'] }),
      'list of storages is damaged',
    ],
    ['another count', legacyCheckpoint(named, storage, { count: 3 }), 'has 3 elements instead of 2'],
    ['a storage without end', legacyCheckpoint(named, storage).subarray(0, -1), 'truncated: its storage "0"'],
  ];
  for (const [what, bytes, message] of other) {
    it(`refuses ${what} in one line that names the file`, async () => {
      const error = await rejection(readCheckpoint(fileOf(bytes)));
      expect(isArdError(error), String(error.stack)).to.equal(true);
      expect(error.message).to.include(message).and.include('checkpoint.pt').and.not.include('\n');
    });
  }

  it('takes safetensors by their content, too', async () => {
    const header = { a: { dtype: 'I8', shape: [2], data_offsets: [0, 2] } };
    const { tensors } = await readCheckpoint(fileOf(safetensorsBytes(header, Uint8Array.of(255, 3))));
    expect([...tensors['a']!.data]).to.deep.equal([-1, 3]);
  });

  it('says that a file is missing', async () => {
    expect((await rejection(readCheckpoint('absent.pt'))).message).to.include('no such file');
  });

  for (const name of [
    'protocol-2.zip.pt',
    'protocol-2.legacy.pt',
    'protocol-4.zip.pt',
    'protocol-4.legacy.pt',
  ]) {
    const whole = fixture(name);

    it(`refuses every part of ${name}`, async () => {
      for (let length = 0; length < whole.length; length += 13) {
        const error = await rejection(readCheckpoint(fileOf(whole.subarray(0, length))));
        expect(isArdError(error), `${length} bytes: ${error.stack}`).to.equal(true);
      }
    });

    it(`never crashes on ${name}, whatever is damaged`, async () => {
      const last = whole.length - 1;
      // pickles stand at the start, the directory of a zip archive at the end
      const position = fc.oneof(fc.nat(last), fc.integer({ min: last - 300, max: last }));
      const damage = fc.record({
        writes: fc.array(fc.tuple(position, fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        removed: fc.tuple(fc.nat(whole.length), fc.constantFrom(0, 0, 1, 8)),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ writes, removed: [at, count] }) => {
          const bytes = Buffer.concat([whole.subarray(0, at), whole.subarray(at + count)]);
          for (const [position, value] of writes) bytes[position] = value;
          try {
            const path = fileOf(bytes);
            await outlineCheckpoint(path);
            await readCheckpoint(path);
          } catch (error) {
            expect(isArdError(error), String((error as Error).stack)).to.equal(true);
          }
        }),
        { numRuns: 200 },
      );
    });
  }
});
