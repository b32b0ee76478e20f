import { isArdError, randomStream, type Batch } from '@ard/core';
import { expect } from 'chai';
import { batchSource } from '../src/batch-source.js';
import { startBatchWorkers, type BatchWorkers } from '../src/batch-workers.js';
import { sharedBytes } from '../src/shared-bytes.js';
import { tinyImages } from './tiny-images.js';

const images = tinyImages(Array.from({ length: 23 }, (_, index) => index % 3));
const shape = { height: 4, width: 4, channels: 3 };

const source = (workers: number, workerEntry?: URL) =>
  batchSource({
    images,
    batchSize: 5,
    random: randomStream(1),
    shuffle: true,
    augmentation: { cropPadding: 1, paddingMode: 'reflect', flip: true, cutout: 2 },
    workers,
    ...(workerEntry ? { workerEntry } : {}),
  });

const content = ({ images: pixels, labels, ids }: Batch): unknown => [
  [...pixels.data],
  [...labels.data],
  [...ids],
];

/** A thread started, and everything asked of it in between. */
async function started(workers: BatchWorkers): Promise<void> {
  while (!workers.ready) await new Promise((resolve) => setImmediate(resolve));
}

const entryOf = (script: string): URL => new URL(`data:text/javascript,${encodeURIComponent(script)}`);

describe('threads that prepare batches', () => {
  it('make the batches that the own thread makes, bit for bit, however many there are', async () => {
    const alone = source(0);
    for (const count of [1, 3]) {
      const busy = source(count);
      try {
        // three epochs, so that threads have long started by the end
        for (let at = 0; at < 3 * busy.stepsPerEpoch; at++) {
          const [epoch, step] = [Math.floor(at / 5), at % 5];
          const batch = await busy.batch(epoch, step);
          expect(content(batch)).to.deep.equal(content(await alone.batch(epoch, step)));
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        // and in any order
        for (const [epoch, step] of [
          [7, 4],
          [0, 0],
          [7, 4],
        ] as const) {
          expect(content(await busy.batch(epoch, step))).to.deep.equal(
            content(await alone.batch(epoch, step)),
          );
        }
      } finally {
        await busy.close();
      }
    }
  });

  it('hand over pixels of their own, made from the shared set', async () => {
    const shared = sharedBytes(images.images.length);
    const workers = startBatchWorkers(1, { images: shared, shape, augmentation: undefined });
    await started(workers);
    shared.set(images.images); // seen by the thread: there is no copy
    const pixels = await workers.prepare({ ids: Int32Array.of(2), draws: undefined });
    await workers.close();
    expect(Math.round(pixels[0]! * 255)).to.equal(images.images[96]);
    expect(pixels.buffer).to.be.instanceOf(ArrayBuffer);
  });

  it('that die are one clear error for whoever asks, and no unhandled rejection', async () => {
    const broken = source(
      1,
      entryOf(`import { parentPort } from 'node:worker_threads';
        parentPort.on('message', () => { throw new Error('out of luck'); });
        parentPort.postMessage('ready');`),
    );
    let error: unknown;
    for (let at = 0; at < 10_000 && error === undefined; at++) {
      await broken.batch(Math.floor(at / 5), at % 5).catch((reason: unknown) => (error = reason));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await broken.close();
    expect(isArdError(error), String(error)).to.equal(true);
    expect((error as Error).message).to.match(/thread that prepares batches has ended: out of luck\./);
  });

  it('may be closed at any time, twice, and while they work', async () => {
    const busy = source(2);
    await busy.batch(0, 0);
    await busy.close();
    await busy.close();
    const workers = startBatchWorkers(1, { images: images.images, shape, augmentation: undefined });
    await started(workers);
    void workers.prepare({ ids: Int32Array.of(1), draws: undefined });
    await workers.close();
  });
});
