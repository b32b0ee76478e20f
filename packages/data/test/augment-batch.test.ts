import { randomStream, type Augmentation, type ImageShape, type RandomStream } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentBatch as augment, drawAugmentation, imagesToFloat } from '../src/augment-batch.js';

const shape = { height: 5, width: 5, channels: 1 };
/** One image with its position + 1 in every pixel, so that padding (0) and every shift can be told apart. */
const counting = Uint8Array.from({ length: 25 }, (_, index) => index + 1);
const copies = (count: number): Int32Array => new Int32Array(count).map((_, index) => index);
const manyOf = (image: Uint8Array, count: number): Uint8Array =>
  Uint8Array.from({ length: image.length * count }, (_, index) => image[index % image.length]!);

const crop = (cropPadding: number, paddingMode: Augmentation['paddingMode'] = 'zero'): Augmentation => ({
  cropPadding,
  paddingMode,
  flip: false,
});

const augmentBatch = (
  images: Uint8Array,
  of: ImageShape,
  ids: Int32Array,
  changes: Augmentation,
  random: RandomStream,
): Float32Array => augment(images, of, ids, changes, drawAugmentation(ids, changes, random));

const bytes = (pixels: Float32Array): readonly number[] =>
  Array.from(pixels, (value) => Math.round(value * 255));

describe('imagesToFloat', () => {
  it('divides by 255 in single precision', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const values = imagesToFloat(all, { height: 16, width: 16, channels: 1 }, Int32Array.of(0));
    values.forEach((value, byte) => expect(value).to.equal(Math.fround(byte / 255)));
  });
});

describe('augmentBatch', () => {
  it('cuts every window of the zero-padded image, all about equally often', () => {
    const trials = 9000;
    const out = bytes(
      augmentBatch(manyOf(counting, trials), shape, copies(trials), crop(1), randomStream(3)),
    );
    const seen = new Map<string, number>();
    for (let trial = 0; trial < trials; trial++) {
      const window = out.slice(25 * trial, 25 * trial + 25).join();
      seen.set(window, (seen.get(window) ?? 0) + 1);
    }
    const expected = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => shifted(down, right).join()));
    expect([...seen.keys()].sort()).to.deep.equal(expected.sort());
    // 1000 expected each, standard deviation 30
    for (const count of seen.values()) expect(count).to.be.within(850, 1150);
  });

  it('fills the border by reflection that does not repeat the edge', () => {
    const out = bytes(
      augmentBatch(manyOf(counting, 200), shape, copies(200), crop(2, 'reflect'), randomStream(1)),
    );
    const windows = new Set(
      Array.from({ length: 200 }, (_, trial) => out.slice(25 * trial, 25 * trial + 25).join()),
    );
    const reflected = (position: number): number =>
      position < 0 ? -position : position > 4 ? 8 - position : position;
    const expected = [-2, -1, 0, 1, 2].flatMap((down) =>
      [-2, -1, 0, 1, 2].map((right) =>
        copies(25)
          .reduce<number[]>((window, index) => {
            const row = reflected(Math.floor(index / 5) + down);
            return [...window, 5 * row + reflected((index % 5) + right) + 1];
          }, [])
          .join(),
      ),
    );
    for (const window of windows) expect(expected).to.include(window);
    expect(windows.size).to.equal(25);
  });

  it('mirrors about half of the images, colours kept together', () => {
    const rgb = { height: 1, width: 2, channels: 3 };
    const image = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const flip: Augmentation = { cropPadding: 0, paddingMode: 'zero', flip: true };
    const out = bytes(augmentBatch(manyOf(image, 2000), rgb, copies(2000), flip, randomStream(0)));
    let mirrored = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const pixels = out.slice(6 * trial, 6 * trial + 6).join();
      expect(['1,2,3,4,5,6', '4,5,6,1,2,3']).to.include(pixels);
      if (pixels.startsWith('4')) mirrored++;
    }
    expect(mirrored).to.be.within(900, 1100);
  });

  it('keeps pixels in [0, 1] and does the same to an example in whatever batch it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4 * 75, maxLength: 4 * 75 }),
        fc.constantFrom<Augmentation['paddingMode']>('zero', 'reflect'),
        fc.boolean(),
        fc.integer({ min: 0, max: 4 }),
        (pixels, paddingMode, flip, cropPadding) => {
          const rgb = { height: 5, width: 5, channels: 3 };
          const changes: Augmentation = { cropPadding, paddingMode, flip };
          const random = randomStream(7).derive('augment', 2);
          const whole = augmentBatch(pixels, rgb, Int32Array.of(0, 1, 2, 3), changes, random);
          const part = augmentBatch(pixels, rgb, Int32Array.of(2, 1), changes, random);
          expect(Math.min(...whole)).to.be.at.least(0);
          expect(Math.max(...whole)).to.be.at.most(1);
          expect([...part]).to.deep.equal([...whole.subarray(150, 225), ...whole.subarray(75, 150)]);
        },
      ),
    );
  });
});

function shifted(down: number, right: number): readonly number[] {
  return Array.from({ length: 25 }, (_, index) => {
    const [row, column] = [Math.floor(index / 5) + down, (index % 5) + right];
    return row < 0 || row > 4 || column < 0 || column > 4 ? 0 : 5 * row + column + 1;
  });
}

describe('cutout', () => {
  const white = new Uint8Array(25).fill(255);
  const cut = (cutout: number): Augmentation => ({
    cropPadding: 0,
    paddingMode: 'zero',
    flip: false,
    cutout,
  });

  it('blackens one square around any pixel, as much of it as lies inside', () => {
    const trials = 2000;
    const out = bytes(augmentBatch(manyOf(white, trials), shape, copies(trials), cut(3), randomStream(5)));
    const seen = new Map<string, number>();
    for (let trial = 0; trial < trials; trial++) {
      const holes = out.slice(25 * trial, 25 * trial + 25).flatMap((value, at) => (value === 0 ? [at] : []));
      seen.set(holes.join(), (seen.get(holes.join()) ?? 0) + 1);
    }
    // a square of 3 around each of the 25 pixels; worked out here from its definition
    const expected = Array.from({ length: 25 }, (_, centre) => {
      const near = (at: number): boolean =>
        Math.abs(Math.floor(at / 5) - Math.floor(centre / 5)) <= 1 && Math.abs((at % 5) - (centre % 5)) <= 1;
      return Array.from({ length: 25 }, (__, at) => at)
        .filter(near)
        .join();
    });
    expect([...seen.keys()].sort()).to.deep.equal(expected.sort());
    for (const count of seen.values()) expect(count).to.be.within(40, 130);
  });

  it('leaves what crop and flip draw as it was without it', () => {
    const changes: Augmentation = { cropPadding: 2, paddingMode: 'zero', flip: true };
    const plain = augmentBatch(manyOf(counting, 50), shape, copies(50), changes, randomStream(2));
    const holed = augmentBatch(
      manyOf(counting, 50),
      shape,
      copies(50),
      { ...changes, cutout: 2 },
      randomStream(2),
    );
    expect(holed).to.not.deep.equal(plain);
    holed.forEach((value, at) => expect(value).to.satisfy((v: number) => v === 0 || v === plain[at]));
  });
});
