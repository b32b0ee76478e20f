import { isArdError } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { classCounts } from '../src/class-counts.js';
import { limitSamples } from '../src/limit-samples.js';
import { splitPerClass } from '../src/split-per-class.js';
import { subset } from '../src/subset.js';
import { tinyImages } from './tiny-images.js';

const sorted = (bytes: Uint8Array): readonly number[] => [...bytes].sort((a, b) => a - b);

describe('subset', () => {
  it('copies images and labels in the order asked for', () => {
    const images = tinyImages([0, 1, 2]);
    const chosen = subset(images, Int32Array.of(2, 0), 'two of them');
    expect([...chosen.labels]).to.deep.equal([2, 0]);
    expect([...chosen.images]).to.deep.equal([
      ...images.images.slice(96, 144),
      ...images.images.slice(0, 48),
    ]);
    expect(chosen.source).to.equal('counted; two of them');
  });

  it('has another fingerprint for another choice', () => {
    const images = tinyImages([0, 1, 2]);
    const [a, b] = [subset(images, Int32Array.of(0, 1), ''), subset(images, Int32Array.of(1, 0), '')];
    expect(a.fingerprint).not.to.equal(b.fingerprint);
  });
});

describe('limitSamples', () => {
  it('takes the first of each class in equal numbers, in the order of the dataset', () => {
    const images = tinyImages([0, 0, 0, 0, 1, 1, 2, 1, 2, 2]);
    const limited = limitSamples(images, 6);
    expect([...limited.labels]).to.deep.equal([0, 0, 1, 1, 2, 2]);
    expect(limited.source).to.match(/6 of them/);
  });

  it('fills up from larger classes where a class is short', () => {
    const limited = limitSamples(tinyImages([0, 1, 1, 1, 1, 2, 2, 2, 2]), 8);
    expect(classCounts(limited)).to.deep.equal([1, 4, 3]);
  });

  it('returns everything when the limit is no limit', () => {
    const images = tinyImages([0, 1]);
    expect(limitSamples(images, 5)).to.equal(images);
  });

  it('refuses a limit below 1', () => {
    expect(() => limitSamples(tinyImages([0, 1]), 0)).to.throw(/at least 1, got 0/);
  });

  it('always takes exactly the limit, and no class could give one more to a smaller share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (labels, limit) => {
          const images = tinyImages(labels, { height: 1, width: 1, channels: 1 }, 5);
          const limited = limitSamples(images, limit);
          expect(limited.count).to.equal(Math.min(limit, labels.length));
          const all = classCounts(images);
          const shares = classCounts(limited);
          const short = shares.filter((share, label) => share < all[label]!);
          if (short.length > 0) expect(Math.max(...shares) - Math.min(...short)).to.be.at.most(1);
        },
      ),
    );
  });
});

describe('splitPerClass', () => {
  const images = tinyImages([0, 1, 0, 1, 0, 1, 1], { height: 1, width: 1, channels: 1 });

  it('holds out the first or the last of each class', () => {
    expect([...splitPerClass(images, 2, 'first').heldOut.images]).to.deep.equal([0, 1, 2, 3]);
    expect([...splitPerClass(images, 2, 'last').heldOut.images]).to.deep.equal([2, 4, 5, 6]);
  });

  it('puts every image on exactly one side', () => {
    const { training, heldOut } = splitPerClass(images, 1);
    expect(sorted(Uint8Array.of(...training.images, ...heldOut.images))).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    expect(classCounts(heldOut)).to.deep.equal([1, 1]);
  });

  it('refuses to leave a class without training images', () => {
    expect(() => splitPerClass(images, 3))
      .to.throw(/Holding out 3 images per class leaves none .* 'class 0', which has 3/)
      .that.satisfies(isArdError);
  });
});
