import type { Dataset } from '@ard/core';
import { datasetContract } from '@ard/testkit';
import { generated } from '../src/generated.js';

datasetContract({
  name: 'generated',
  create: () =>
    generated.create(generated.options.parse({ trainCount: 30, testCount: 20, size: 8 })) as Promise<Dataset>,
  counts: { train: 30, test: 20 },
});
