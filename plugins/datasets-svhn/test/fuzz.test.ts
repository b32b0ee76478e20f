import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Dataset } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { svhn } from '../src/svhn.js';
import { matFile, matMatrix } from './mat-bytes.js';

const matrices = [
  matMatrix('X', [32, 32, 3, 2], new Uint8Array(6144).fill(7)),
  matMatrix('y', [2, 1], Uint8Array.of(1, 10)),
];
const originals = [matFile(matrices), matFile(matrices, { compressed: false })];

describe('mutated .mat files', () => {
  it('are read or refused in one clear line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ard-svhn-'));
    const file = join(folder, 'test_32x32.mat');
    const dataset = svhn.create(svhn.options.parse({ directory: folder })) as Dataset;
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...originals),
          // mostly where headers and tags are
          fc.array(fc.tuple(fc.oneof(fc.nat(400), fc.nat(7000)), fc.nat(255)), { maxLength: 4 }),
          fc.nat(14_000),
          async (original, changes, length) => {
            const mutated = Buffer.from(original);
            for (const [at, value] of changes) mutated[at % mutated.length] = value;
            await writeFile(file, mutated.subarray(0, length));
            await dataset.load('test').catch((error: unknown) => {
              expect(isArdError(error), String((error as Error).stack)).to.equal(true);
              expect((error as Error).message)
                .to.include('test_32x32.mat')
                .and.not.include('\n');
            });
          },
        ),
        { numRuns: 400 },
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
