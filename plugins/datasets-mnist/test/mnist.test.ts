import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { isArdError, type Dataset } from '@ard/core';
import { classCounts } from '@ard/data';
import { expect } from 'chai';
import plugin from '../src/index.js';
import { fashionMnist, mnist } from '../src/mnist.js';
import { idxBytes } from './idx-bytes.js';

const realDirectory = fileURLToPath(new URL('../../../../../shared/data/fashion-mnist', import.meta.url));

const open = (directory: string, component = fashionMnist): Dataset =>
  component.create(component.options.parse({ directory })) as Dataset;

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(isArdError(error), String(error)).to.equal(true);
  return (error as Error).message;
}

describe('fashion-mnist and mnist', () => {
  let folder: string;
  const write = (name: string, content: Uint8Array): Promise<void> => writeFile(join(folder, name), content);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-mnist-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are two datasets of one format that train without augmentation', () => {
    expect(plugin.components.map(({ id }) => id)).to.deep.equal(['fashion-mnist', 'mnist']);
    for (const component of plugin.components) {
      const dataset = component.create(component.options.parse({})) as Dataset;
      expect(dataset.augmentation).to.deep.equal({ cropPadding: 0, paddingMode: 'zero', flip: false });
      expect(dataset.shape).to.deep.equal({ height: 28, width: 28, channels: 1 });
    }
    expect(open(folder, mnist).classNames[7]).to.equal('7');
  });

  it('read plain and gzipped files, also under their renamed names', async () => {
    await write('train-images-idx3-ubyte', idxBytes(3, 28, 28));
    await write('train-labels.idx1-ubyte.gz', gzipSync(idxBytes(3)));
    const { count, images, labels, source } = await open(folder).load('train');
    expect([count, images.length, [...labels]]).to.deep.equal([3, 3 * 784, [0, 1, 2]]);
    expect(source).to.match(/^3 records in train-images-idx3-ubyte/);
  });

  it('refuse images and labels that do not belong together', async () => {
    await write('t10k-images-idx3-ubyte', idxBytes(3, 28, 28));
    await write('t10k-labels-idx1-ubyte', idxBytes(4));
    expect(await refusal(open(folder).load('test'))).to.match(
      /holds 3 images, but .*t10k-labels.* holds 4 labels/,
    );
  });

  it('refuse a label outside the range, with file and record', async () => {
    const labels = idxBytes(3);
    labels[labels.length - 1] = 77;
    await write('t10k-images-idx3-ubyte', idxBytes(3, 28, 28));
    await write('t10k-labels-idx1-ubyte', labels);
    expect(await refusal(open(folder).load('test'))).to.match(
      /t10k-labels-idx1-ubyte: record 2 .* has label 77/,
    );
  });

  it('say which names were looked for and where', async () => {
    const message = await refusal(open(folder).load('test'));
    expect(message).to.include('t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz').and.include(folder);
  });

  describe('with the real Fashion-MNIST (in ../shared/data, else skipped)', () => {
    before(function () {
      if (!existsSync(realDirectory)) this.skip();
    });

    it('finds 10,000 test images, 1,000 a class', async () => {
      const test = await open(realDirectory).load('test');
      expect(test.source).to.match(/^10,000 records in t10k-images-idx3-ubyte\.gz/);
      expect(classCounts(test)).to.deep.equal(new Array(10).fill(1000));
      // the first test image is an ankle boot
      expect(test.classNames[test.labels[0]!]).to.equal('ankle boot');
    });

    it('finds 60,000 training images with the known mean', async () => {
      const { images, count } = await open(realDirectory).load('train');
      expect(count).to.equal(60_000);
      const sum = images.reduce((total, value) => total + value, 0);
      expect(sum / images.length / 255).to.be.closeTo(0.28604, 5e-6);
    });
  });
});
