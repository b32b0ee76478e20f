import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '@ard/core';
import { datasetContract } from '@ard/testkit';
import { cifar10 } from '../src/cifar10.js';

describe('cifar10 on files of a few records', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ard-cifar-'));
  const records = (labels: readonly number[]): Buffer =>
    Buffer.concat(
      labels.map((label) => Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? label : i * label))),
    );
  before(() => {
    writeFileSync(join(folder, 'data_batch_1.bin'), records([1, 2, 3]));
    writeFileSync(join(folder, 'test_batch.bin'), records([4, 5]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  datasetContract({
    name: 'cifar10',
    create: () => cifar10.create(cifar10.options.parse({ directory: folder })) as Promise<Dataset>,
    counts: { train: 3, test: 2 },
  });
});
