import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Dataset } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { mnist } from '../src/mnist.js';
import { idxBytes } from './idx-bytes.js';

describe('mutated idx files', () => {
  it('are read or refused in one clear line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ard-mnist-'));
    const dataset = mnist.create(mnist.options.parse({ directory: folder })) as Dataset;
    const images = idxBytes(3, 28, 28);
    const labels = idxBytes(3);
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.constantFrom('images', 'labels'),
          fc.array(fc.tuple(fc.oneof(fc.nat(20), fc.nat(3000)), fc.nat(255)), { maxLength: 3 }),
          fc.nat(5000),
          async (packed, which, changes, length) => {
            const file = (name: string, content: Uint8Array): Promise<void> => {
              const mutated = Buffer.from(packed ? gzipSync(content) : content);
              if (name === which) for (const [at, value] of changes) mutated[at % mutated.length] = value;
              const kept = name === which ? mutated.subarray(0, length) : mutated;
              return writeFile(join(folder, `t10k-${name}-idx${name === 'images' ? 3 : 1}-ubyte`), kept);
            };
            await file('images', images);
            await file('labels', labels);
            await dataset.load('test').catch((error: unknown) => {
              expect(isArdError(error), String((error as Error).stack)).to.equal(true);
              expect((error as Error).message)
                .to.include('t10k-')
                .and.not.include('\n');
            });
          },
        ),
        { numRuns: 300 },
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
