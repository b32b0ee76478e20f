import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Component, type Dataset } from '@ard/core';
import { expect } from 'chai';
import { cifar10 } from '../src/cifar10.js';
import { cifar100 } from '../src/cifar100.js';
import { pickledBatch } from './pickled-batch.js';

const open = async (component: Component, options: Record<string, unknown>): Promise<Dataset> =>
  (await component.create(component.options.parse(options))) as Dataset;

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(isArdError(error), String(error)).to.equal(true);
  return (error as Error).message;
}

/** Three planes per image, all bytes different enough to tell places apart. */
const planes = (count: number): Uint8Array =>
  Uint8Array.from({ length: 3072 * count }, (_, at) => (at * 7 + Math.floor(at / 1024)) % 256);

describe('layouts of CIFAR', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-cifar-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const write = (name: string, content: Uint8Array): Promise<void> => writeFile(join(folder, name), content);
  const binary = (data: Uint8Array, ...labels: readonly number[][]): Buffer =>
    Buffer.concat(
      labels.flatMap((own, record) => [
        Buffer.from(own),
        Buffer.from(data.subarray(3072 * record, 3072 * record + 3072)),
      ]),
    );

  for (const python of [2, 3] as const) {
    it(`reads the pickles of Python ${python}, and gets the images of the binary files`, async () => {
      const data = planes(3);
      await write('data_batch_1', pickledBatch(data.subarray(0, 6144), { labels: [3, 9] }, { python }));
      await write('data_batch_2', pickledBatch(data.subarray(6144), { labels: [0] }, { python }));
      const pickled = await (await open(cifar10, { directory: folder })).load('train');
      expect(pickled.source).to.match(/^3 records in 2 files, data_batch_1 to data_batch_2 of/);
      await write('data_batch_1.bin', binary(data, [3], [9], [0]));
      const plain = await (await open(cifar10, { directory: folder })).load('train');
      expect([...pickled.labels]).to.deep.equal([3, 9, 0]);
      expect([...plain.labels]).to.deep.equal([3, 9, 0]);
      expect(Buffer.compare(pickled.images, plain.images)).to.equal(0);
    });
  }

  it('reads CIFAR-100 with its fine and its coarse labels, in both layouts', async () => {
    const data = planes(2);
    const python = join(folder, 'python');
    await mkdir(python);
    await write('train.bin', binary(data, [4, 99], [19, 0]));
    await write('python/train', pickledBatch(data, { fine_labels: [99, 0], coarse_labels: [4, 19] }));
    for (const directory of [folder, python]) {
      const fine = await (await open(cifar100, { directory })).load('train');
      const coarse = await (await open(cifar100, { directory, labels: 'coarse' })).load('train');
      expect([...fine.labels], directory).to.deep.equal([99, 0]);
      expect(fine.classNames[99]).to.equal('worm');
      expect([...coarse.labels], directory).to.deep.equal([4, 19]);
      expect(coarse.classNames).to.have.length(20);
      // first pixel: first byte of each plane
      expect([...fine.images.subarray(0, 3)]).to.deep.equal([data[0], data[1024], data[2048]]);
    }
  });

  it('refuses what is no batch, each with the file and what was found', async () => {
    const refused = async (content: Uint8Array): Promise<string> => {
      await write('test_batch', content);
      return await refusal((await open(cifar10, { directory: folder })).load('test'));
    };
    const good = pickledBatch(planes(2), { labels: [1, 2] });
    expect(await refused(good.subarray(0, 5000))).to.match(/test_batch: it is truncated/);
    expect(await refused(pickledBatch(planes(2), { labels: [1, 10] }))).to.match(/record 1 .* label 10/);
    expect(await refused(pickledBatch(planes(2), { labels: [1] }))).to.match(/2 images, but 1 labels/);
    expect(await refused(pickledBatch(planes(1), { fine_labels: [1] }))).to.match(
      /no data and labels \(found: fine_labels, data\)/,
    );
    expect(await refused(Buffer.from('cos\nsystem\n(S"touch pwned"\ntR.'))).to.match(
      /asks for "os\.system".*nothing was run/,
    );
    expect(await refused(Buffer.alloc(0))).to.match(/truncated/);
  });

  it('never spends more on a pickle than its size explains', async () => {
    // the same long text, encoded again and again: 5 bytes a copy of 100,000
    const copies = 2000;
    const text = Buffer.from('a'.repeat(100_000));
    const head = Buffer.alloc(4);
    head.writeUInt32LE(text.length);
    const bomb = Buffer.concat([
      Buffer.from('\x80\x02](c_codecs\nencode\nq\x00', 'latin1'),
      Buffer.from('X'),
      head,
      text,
      Buffer.from('q\x01X\x06\x00\x00\x00latin1q\x02\x86R', 'latin1'),
      ...Array.from({ length: copies }, () => Buffer.from('h\x00h\x01h\x02\x86R', 'latin1')),
      Buffer.from('e.'),
    ]);
    await write('test_batch', bomb);
    expect(await refusal((await open(cifar10, { directory: folder })).load('test'))).to.match(
      /test_batch: its pickle is longer than/,
    );
  });
});
