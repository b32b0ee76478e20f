import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Dataset } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { cifar100 } from '../src/cifar100.js';
import { pickledBatch } from './pickled-batch.js';

describe('mutated CIFAR files', () => {
  const pixels = new Uint8Array(2 * 3072).fill(5);
  const labels = { fine_labels: [1, 99], coarse_labels: [0, 19] };
  const originals: readonly (readonly [name: string, content: Uint8Array])[] = [
    [
      'test.bin',
      Buffer.concat([
        Uint8Array.of(0, 1),
        pixels.subarray(3072),
        Uint8Array.of(19, 99),
        pixels.subarray(3072),
      ]),
    ],
    ['test', pickledBatch(pixels, labels)],
    ['test', pickledBatch(pixels, labels, { python: 3 })],
  ];

  it('are read or refused in one clear line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ard-cifar-'));
    const dataset = (await cifar100.create(cifar100.options.parse({ directory: folder }))) as Dataset;
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...originals),
          fc.array(fc.tuple(fc.oneof(fc.nat(250), fc.nat(7000)), fc.nat(255)), { maxLength: 3 }),
          fc.nat(14_000),
          async ([name, original], changes, length) => {
            const mutated = Buffer.from(original);
            for (const [at, value] of changes) mutated[at % mutated.length] = value;
            await rm(join(folder, 'test.bin'), { force: true });
            await writeFile(join(folder, name), mutated.subarray(0, length));
            await dataset.load('test').catch((error: unknown) => {
              expect(isArdError(error), String((error as Error).stack)).to.equal(true);
              expect((error as Error).message)
                .to.include(join(folder, name))
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
