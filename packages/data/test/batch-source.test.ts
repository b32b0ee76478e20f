import { isArdError, randomStream, type Batch, type BatchSource } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { batchSource, type BatchSourceOptions } from '../src/batch-source.js';
import { tinyImages } from './tiny-images.js';

const images = tinyImages(Array.from({ length: 23 }, (_, index) => index % 3));

const source = (changes: Partial<BatchSourceOptions> = {}): BatchSource =>
  batchSource({
    images,
    batchSize: 5,
    random: randomStream(1).derive('batches'),
    shuffle: true,
    augmentation: { cropPadding: 1, paddingMode: 'zero', flip: true },
    ...changes,
  });

async function epochIds(batches: BatchSource, epoch: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let step = 0; step < batches.stepsPerEpoch; step++)
    ids.push(...(await batches.batch(epoch, step)).ids);
  return ids;
}

const content = ({ images: pixels, labels, ids }: Batch): unknown => [
  [...pixels.data],
  [...labels.data],
  [...ids],
];

describe('batchSource', () => {
  it('keeps the last incomplete batch: 23 images make 4 batches of 5 and one of 3', async () => {
    const batches = source();
    expect(batches.stepsPerEpoch).to.equal(5);
    expect(batches.count).to.equal(23);
    expect((await batches.batch(0, 3)).images.shape).to.deep.equal([5, 4, 4, 3]);
    expect((await batches.batch(0, 4)).images.shape).to.deep.equal([3, 4, 4, 3]);
    expect(batches.classCounts).to.deep.equal([8, 8, 7]);
  });

  it('shows every image once an epoch, in a new order each time', async () => {
    const [first, second] = [await epochIds(source(), 0), await epochIds(source(), 1)];
    const all = Array.from({ length: 23 }, (_, index) => index);
    expect([...first].sort((a, b) => a - b)).to.deep.equal(all);
    expect([...second].sort((a, b) => a - b)).to.deep.equal(all);
    expect(first).not.to.deep.equal(second);
  });

  it('keeps the order of the dataset when asked not to shuffle', async () => {
    expect(await epochIds(source({ shuffle: false }), 3)).to.deep.equal(
      Array.from({ length: 23 }, (_, i) => i),
    );
  });

  it('gives float32 images in [0, 1] and int32 labels that belong to the ids', async () => {
    const { images: pixels, labels, ids } = await source({ augmentation: undefined }).batch(0, 1);
    expect([pixels.dtype, labels.dtype]).to.deep.equal(['float32', 'int32']);
    ids.forEach((id, row) => {
      expect(labels.data[row]).to.equal(images.labels[id]);
      expect(pixels.data[48 * row]).to.equal(Math.fround(images.images[48 * id]! / 255));
    });
  });

  it('gives the same batch whether it was prepared ahead, asked for alone, twice, or out of order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 4 })), { maxLength: 12 }),
        async (requests) => {
          const busy = source();
          for (const [epoch, step] of requests) {
            const alone = await source().batch(epoch, step);
            expect(content(await busy.batch(epoch, step))).to.deep.equal(content(alone));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives the same batches to callers that do not wait for each other', async () => {
    const busy = source();
    const all = await Promise.all([0, 1, 2, 3, 4].map((step) => busy.batch(0, step)));
    for (const [step, batch] of all.entries()) {
      expect(content(batch)).to.deep.equal(content(await source().batch(0, step)));
    }
  });

  it('does the same to an image whatever the batch size', async () => {
    const seen = async (batchSize: number): Promise<Map<number, string>> => {
      const batches = source({ batchSize });
      const pixels = new Map<number, string>();
      for (let step = 0; step < batches.stepsPerEpoch; step++) {
        const batch = await batches.batch(2, step);
        batch.ids.forEach((id, row) =>
          pixels.set(id, batch.images.data.slice(48 * row, 48 * row + 48).join()),
        );
      }
      return pixels;
    };
    expect(await seen(4)).to.deep.equal(await seen(23));
  });

  it('limits to a balanced choice', () => {
    expect(source({ limit: 6 }).classCounts).to.deep.equal([2, 2, 2]);
  });

  it('refuses what makes no batches', () => {
    expect(() => source({ batchSize: 0 }))
      .to.throw(/batch size .* got 0/)
      .that.satisfies(isArdError);
    expect(() => source({ images: { ...images, count: 0 } }))
      .to.throw(/no images/)
      .that.satisfies(isArdError);
    expect(() => source({ augmentation: { cropPadding: 4, paddingMode: 'reflect', flip: false } }))
      .to.throw(/Reflecting 4 pixels .* 4 x 4/)
      .that.satisfies(isArdError);
  });

  it('refuses a step past the end of the epoch', async () => {
    let message = '';
    await source()
      .batch(0, 5)
      .catch((error: Error) => (message = error.message));
    expect(message).to.match(/step 5 of an epoch of 5 steps/);
  });
});
