import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isArdError, type Dataset } from '@ard/core';
import { classCounts } from '@ard/data';
import { expect } from 'chai';
import { cifar10 } from '../src/cifar10.js';

const realDirectory = fileURLToPath(
  new URL('../../../../../shared/data/cifar-10-batches-bin', import.meta.url),
);

async function open(directory: string, options: Record<string, unknown> = {}): Promise<Dataset> {
  return (await cifar10.create(cifar10.options.parse({ directory, ...options }))) as Dataset;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(isArdError(error), String(error)).to.equal(true);
  return (error as Error).message;
}

describe('cifar10', () => {
  let folder: string;
  const record = (label: number): Uint8Array =>
    Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? label : i % 256));
  const write = (name: string, ...labels: number[]): Promise<void> =>
    writeFile(join(folder, name), Buffer.concat(labels.map(record)));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-cifar-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('augments as the papers do: zero padding 4, crop, flip; reflection is an option', async () => {
    expect((await open(folder)).augmentation).to.deep.equal({
      cropPadding: 4,
      paddingMode: 'zero',
      flip: true,
    });
    expect((await open(folder, { paddingMode: 'reflect' })).augmentation.paddingMode).to.equal('reflect');
  });

  it('reads the training batches in the order of their numbers', async () => {
    await write('data_batch_10.bin', 3);
    await write('data_batch_2.bin', 1, 2);
    await write('data_batch_2.bin.part', 9);
    const { labels, source } = await (await open(folder)).load('train');
    expect([...labels]).to.deep.equal([1, 2, 3]);
    expect(source).to.match(/^3 records in 2 files, data_batch_2\.bin to data_batch_10\.bin/);
  });

  it('takes a test file with fewer records, and the complete one where both are there', async () => {
    await write('test_batch_first2.bin', 4, 5);
    const part = await (await open(folder)).load('test');
    expect(part.source).to.match(/^2 records in test_batch_first2\.bin/);
    await write('test_batch.bin', 6);
    expect([...(await (await open(folder)).load('test')).labels]).to.deep.equal([6]);
  });

  it('does not choose between several partial test files', async () => {
    await write('test_batch_a.bin', 4);
    await write('test_batch_b.bin', 4);
    expect(await refusal((await open(folder)).load('test'))).to.match(
      /several test files: test_batch_a.bin, test_batch_b.bin/,
    );
  });

  it('says what it looked for and where when files or the folder are missing', async () => {
    const message = await refusal((await open(folder)).load('train'));
    expect(message).to.include('data_batch_*.bin').and.include(folder);
    const absent = join(folder, 'absent');
    expect(await refusal((await open(absent)).load('test'))).to.match(
      /no such folder \(looked for test_batch\*\.bin or test_batch\)/,
    );
  });

  it('takes class names from batches.meta.txt, and the usual ten without it', async () => {
    expect((await open(folder)).classNames)
      .to.include.members(['airplane', 'truck'])
      .and.have.length(10);
    const names = Array.from({ length: 10 }, (_, index) => `name ${index}`);
    await writeFile(join(folder, 'batches.meta.txt'), `${names.join('\n')}\n\n`);
    expect((await open(folder)).classNames).to.deep.equal(names);
    await writeFile(join(folder, 'batches.meta.txt'), 'cat\ndog\n');
    expect(await refusal(open(folder))).to.match(/batches\.meta\.txt names 2 classes, expected 10/);
  });

  describe('with the real files (in ../shared/data, else skipped)', () => {
    before(function () {
      if (!existsSync(realDirectory)) this.skip();
    });

    it('finds 1,000 test images with the known number of each class', async () => {
      const test = await (await open(realDirectory)).load('test');
      expect(test.source).to.match(/^1,000 records in test_batch_first1000\.bin/);
      expect(classCounts(test)).to.deep.equal([103, 89, 100, 103, 90, 86, 112, 102, 106, 109]);
      expect(test.classNames[3]).to.equal('cat');
      // the first test images, as in every tutorial: cat, ship, ship, airplane
      expect([...test.labels.slice(0, 4)]).to.deep.equal([3, 8, 8, 0]);
    });

    it('finds 50,000 training images, 5,000 a class, with the known mean of each channel', async () => {
      const { images, count, ...train } = await (await open(realDirectory)).load('train');
      expect(count).to.equal(50_000);
      expect(classCounts(train)).to.deep.equal(new Array(10).fill(5000));
      const sums = [0, 0, 0];
      for (let offset = 0; offset < images.length; offset += 3) {
        for (let channel = 0; channel < 3; channel++) sums[channel]! += images[offset + channel]!;
      }
      const means = sums.map((sum) => sum / (50_000 * 1024 * 255));
      [0.49139968, 0.48215841, 0.44653091].forEach((mean, channel) => {
        expect(means[channel]).to.be.closeTo(mean, 1e-8);
      });
    });
  });
});
