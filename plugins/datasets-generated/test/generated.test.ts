import type { Dataset, LabelledImages } from '@ard/core';
import { classCounts } from '@ard/data';
import { expect } from 'chai';
import { generateImages, type GenerateOptions } from '../src/generate-images.js';
import { generated } from '../src/generated.js';
import { recipes } from '../src/recipes.js';

const defaults: GenerateOptions = { split: 'train', count: 40, seed: 0, classes: 10, size: 16 };
const paint = (changes: Partial<GenerateOptions> = {}): LabelledImages =>
  generateImages({ ...defaults, ...changes });
const open = (options: Record<string, unknown> = {}): Dataset =>
  generated.create(generated.options.parse(options)) as Dataset;

describe('generated', () => {
  it('gives the numbers it was asked for, equally many of each class', async () => {
    const dataset = open({ trainCount: 60, testCount: 20, size: 12 });
    const [train, test] = [await dataset.load('train'), await dataset.load('test')];
    expect([train.count, test.count]).to.deep.equal([60, 20]);
    expect(classCounts(train)).to.deep.equal(new Array(10).fill(6));
    expect(train.images).to.have.length(60 * 12 * 12 * 3);
    expect(train.source).to.equal('60 images generated from seed 0');
  });

  it('is the same for a seed, and another for another seed or split', () => {
    const { fingerprint } = paint();
    expect(paint().fingerprint).to.equal(fingerprint);
    expect(paint({ seed: 1 }).fingerprint).not.to.equal(fingerprint);
    expect(paint({ split: 'test' }).fingerprint).not.to.equal(fingerprint);
  });

  it('does not change an image when more are asked for', () => {
    const [few, many] = [paint({ count: 20 }), paint({ count: 40 })];
    expect(Buffer.compare(few.images, many.images.subarray(0, few.images.length))).to.equal(0);
  });

  it('never paints two equal images', () => {
    const { images, count } = paint({ count: 200 });
    const imageBytes = images.length / count;
    const distinct = new Set(
      Array.from({ length: count }, (_, index) =>
        Buffer.from(images.subarray(index * imageBytes, (index + 1) * imageBytes)).toString('latin1'),
      ),
    );
    expect(distinct.size).to.equal(count);
  });

  it('names its classes and can do with fewer', () => {
    expect(open({ classes: 3 }).classNames).to.deep.equal(['sun', 'waves', 'ripples']);
    expect(new Set(recipes.map(({ name }) => name)).size).to.equal(10);
    expect(Math.max(...paint({ classes: 3 }).labels)).to.equal(2);
  });

  it('does not flip training images: the direction of a pattern tells classes apart', () => {
    expect(open().augmentation).to.deep.equal({ cropPadding: 2, paddingMode: 'reflect', flip: false });
  });

  it('is unequal by construction: an attacker can move hard classes onto each other, not easy ones', () => {
    const means = meanColours(paint({ count: 1000, size: 8 }));
    // distance of mean colours, in units of what an attacker of radius 8/255 can shift on both sides together
    const distance = (a: string, b: string): number => {
      const [first, second] = [means.get(a)!, means.get(b)!];
      return Math.max(...first.map((value, channel) => Math.abs(value - second[channel]!))) / (2 * 8);
    };
    const [water, sand, clay] = [
      distance('waves', 'ripples'),
      distance('linen', 'dunes'),
      distance('brick', 'tiles'),
    ];
    expect(Math.max(water, sand)).to.be.below(2);
    expect(clay).to.be.above(Math.max(water, sand));
    for (const other of ['sun', 'waves', 'zebra', 'leaf']) expect(distance('moon', other)).to.be.above(3);
  });

  it('refuses options out of range', () => {
    for (const options of [{ classes: 11 }, { classes: 1 }, { trainCount: 0 }, { size: 4 }, { seed: -1 }]) {
      expect(generated.options.safeParse(options).success, JSON.stringify(options)).to.equal(false);
    }
  });
});

function meanColours({ images, labels, classNames, count }: LabelledImages): Map<string, readonly number[]> {
  const imageBytes = images.length / count;
  const sums = classNames.map(() => [0, 0, 0]);
  images.forEach((value, offset) => {
    sums[labels[Math.floor(offset / imageBytes)]!]![offset % 3]! += value;
  });
  const pixels = (imageBytes / 3) * (count / classNames.length);
  return new Map(classNames.map((name, label) => [name, sums[label]!.map((sum) => sum / pixels)]));
}
