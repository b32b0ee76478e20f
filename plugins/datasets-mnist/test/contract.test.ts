import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '@ard/core';
import { datasetContract } from '@ard/testkit';
import { fashionMnist, mnist } from '../src/mnist.js';
import { idxBytes } from './idx-bytes.js';

describe('MNIST formats on files of a few records', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ard-mnist-'));
  before(() => {
    for (const [prefix, count] of [
      ['train', 4],
      ['t10k', 3],
    ] as const) {
      writeFileSync(join(folder, `${prefix}-images-idx3-ubyte`), idxBytes(count, 28, 28));
      writeFileSync(join(folder, `${prefix}-labels-idx1-ubyte`), idxBytes(count));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const component of [fashionMnist, mnist]) {
    datasetContract({
      name: component.id,
      create: () => component.create(component.options.parse({ directory: folder })) as Dataset,
      counts: { train: 4, test: 3 },
    });
  }
});
