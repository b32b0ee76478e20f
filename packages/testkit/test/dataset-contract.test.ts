import type { Dataset, LabelledImages } from '@ard/core';
import { datasetContract } from '../src/index.js';
import { expectFailure } from './support/failures.js';

const shape = { height: 2, width: 2, channels: 1 };
const classNames = ['cat', 'dog'];

function splitOf(split: string, changes: Partial<LabelledImages> = {}): LabelledImages {
  const images = Uint8Array.from({ length: 12 }, (_, index) => index * 7);
  const fingerprint = (split === 'train' ? 'a' : 'b').repeat(64);
  return {
    shape,
    classNames,
    images,
    labels: Uint8Array.of(0, 1, 1),
    count: 3,
    source: '3 of them',
    fingerprint,
    ...changes,
  };
}

const honest: Dataset = {
  shape,
  classNames,
  augmentation: { cropPadding: 0, paddingMode: 'zero', flip: false },
  load: (split) => Promise.resolve(splitOf(split)),
};

const loading = (changes: (load: number) => Partial<LabelledImages>): Partial<Dataset> => {
  let loads = 0;
  return { load: (split) => Promise.resolve(splitOf(split, changes(loads++))) };
};

datasetContract({ name: 'three images', create: () => honest, counts: { train: 3, test: 3 } });

describe('datasetContract refuses a data set that', () => {
  const cases: [string, RegExp, Partial<Dataset>][] = [
    ['names two classes alike', /describes its images/, { classNames: ['cat', 'cat'] }],
    ['has no pixels', /describes its images/, { shape: { ...shape, height: 0 } }],
    ['miscounts', /as many train images/, loading(() => ({ count: 4 }))],
    ['finds fewer images than there should be', /as many train images/, loading(() => splitOfTwo())],
    ['loads another shape', /as many test images/, loading(() => ({ shape: { ...shape, channels: 3 } }))],
    ['loads other class names', /as many test images/, loading(() => ({ classNames: ['dog', 'cat'] }))],
    ['does not say where it came from', /as many train images/, loading(() => ({ source: '' }))],
    [
      'has a label outside the range',
      /within the range/,
      loading(() => ({ labels: Uint8Array.of(0, 1, 2) })),
    ],
    ['has one class only', /within the range/, loading(() => ({ labels: Uint8Array.of(1, 1, 1) }))],
    [
      'has the same image everywhere',
      /images that differ/,
      loading(() => ({ images: new Uint8Array(12).fill(3) })),
    ],
    [
      'loads others each time',
      /the same train images each time/,
      loading((load) => ({ labels: Uint8Array.of(load % 2, 1, 0) })),
    ],
    [
      'changes its fingerprint',
      /the same test images each time/,
      loading((load) => ({ fingerprint: (load % 10).toString().repeat(64) })),
    ],
    ['has one fingerprint for all', /splits different/, loading(() => ({ fingerprint: 'a'.repeat(64) }))],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () => {
      const dataset = { ...honest, ...parts };
      const row = { name: 'broken', create: () => dataset, counts: { train: 3, test: 3 } };
      return expectFailure(datasetContract, row, expected);
    });
  }
});

function splitOfTwo(): Partial<LabelledImages> {
  return { images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), labels: Uint8Array.of(0, 1), count: 2 };
}
