import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Dataset } from '@ard/core';
import { datasetContract } from '@ard/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { zipSync, type Zippable } from 'fflate';
import { npz } from '../src/npz.js';
import { npyBytes } from './npy-bytes.js';

const bytes = (count: number, from = 0): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (from + 3 * index) % 256);

/** `np.savez_compressed(f, images=(np.arange(24)*10).astype('u1').reshape(2,2,2,3), labels=np.array([1,0]))`, numpy 1.24. */
const fromNumpy =
  'UEsDBBQAAAAIAAAAIQDJy06XYQAAAJgAAAAKABQAaW1hZ2VzLm5weQEAEACYAAAAAAAAAGEAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKEGSsqaNQq0AG4GLgEpHTMLJxC4hKyato6pm2YNWWfScu3XkGAFBLAwQUAAAACAAAACEAcfs5q0gAAACQAAAACgAUAGxhYmVscy5ucHkBABAAkAAAAAAAAABIAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5GBlQAAFBLAQIUAxQAAAAIAAAAIQDJy06XYQAAAJgAAAAKAAAAAAAAAAAAAACAAQAAAABpbWFnZXMubnB5UEsBAhQDFAAAAAgAAAAhAHH7OatIAAAAkAAAAAoAAAAAAAAAAAAAAIABnQAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgBwAAAAIQEAAAAA';

describe('npz', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-npz-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, arrays: Zippable): Promise<string> => {
    const named = Object.fromEntries(Object.entries(arrays).map(([key, value]) => [`${key}.npy`, value]));
    await writeFile(join(folder, name), zipSync(named));
    return join(folder, name);
  };
  const open = async (options: Record<string, unknown> = {}): Promise<Dataset> =>
    (await npz.create(npz.options.parse({ directory: folder, ...options }))) as Dataset;
  const labels = (...values: number[]): Uint8Array =>
    npyBytes('<i8', [values.length], BigInt64Array.from(values, BigInt));
  const images = (count: number): Uint8Array => npyBytes('|u1', [count, 2, 2, 3], bytes(12 * count));

  async function refusal(promise: Promise<unknown>): Promise<string> {
    const error: unknown = await promise.catch((reason: unknown) => reason);
    expect(isArdError(error), String(error)).to.equal(true);
    expect((error as Error).message).to.not.include('\n');
    return (error as Error).message;
  }

  it('reads what numpy wrote', async () => {
    for (const name of ['train.npz', 'test.npz']) {
      await writeFile(join(folder, name), Buffer.from(fromNumpy, 'base64'));
    }
    const dataset = await open();
    const train = await dataset.load('train');
    expect(train.shape).to.deep.equal({ height: 2, width: 2, channels: 3 });
    expect([...train.images]).to.deep.equal(Array.from({ length: 24 }, (_, index) => index * 10));
    expect([...train.labels]).to.deep.equal([1, 0]);
    expect(dataset.classNames).to.deep.equal(['0', '1']);
  });

  it('finds the arrays of both splits in one file, by the names of Keras and MedMNIST or those given', async () => {
    const keras = await write('keras.npz', {
      x_train: npyBytes('|u1', [3, 2, 2], bytes(12)),
      y_train: npyBytes('|u1', [3], Uint8Array.of(0, 2, 1)),
      x_test: npyBytes('|u1', [1, 2, 2], bytes(4)),
      y_test: npyBytes('|u1', [1], Uint8Array.of(2)),
    });
    const grey = await (await open({ directory: keras })).load('train');
    expect(grey.shape.channels).to.equal(1);
    expect([...grey.images]).to.deep.equal([...bytes(12)]);
    const own = await write('own.npz', {
      pixels_train: images(2),
      train_kind: npyBytes('|u1', [2, 1], Uint8Array.of(1, 0)),
      val_pixels: images(1),
      kind_val: labels(0),
    });
    const dataset = await open({
      directory: own,
      images: 'pixels',
      labels: 'kind',
      classNames: ['no', 'yes'],
    });
    expect([...(await dataset.load('train')).labels]).to.deep.equal([1, 0]);
    expect((await dataset.load('test')).classNames).to.deep.equal(['no', 'yes']);
    expect(await refusal(open({ directory: own }))).to.match(
      /has no images for train \(looked for images_train, .*; found pixels_train, train_kind/,
    );
  });

  it('turns channels first into channels last, and numbers in [0, 1] into bytes', async () => {
    const planes = Float32Array.from({ length: 12 }, (_, index) => index / 255);
    for (const name of ['train.npz', 'test.npz']) {
      await write(name, { images: npyBytes('<f4', [1, 3, 2, 2], planes), labels: labels(1) });
    }
    const { images: found, shape } = await (await open()).load('train');
    expect(shape).to.deep.equal({ height: 2, width: 2, channels: 3 });
    expect([...found]).to.deep.equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  });

  it('refuses what is no set of images, each in one clear line', async () => {
    await write('test.npz', { images: images(1), labels: labels(0) });
    const refused = async (arrays: Zippable): Promise<string> => {
      await write('train.npz', arrays);
      return await refusal(open().then((dataset) => dataset.load('train')));
    };
    expect(await refused({ images: images(2), labels: labels(0) })).to.match(/2 images, but 1 labels/);
    expect(await refused({ images: images(1), labels: labels(-1) })).to.match(/the label -1 of image 0/);
    expect(await refused({ images: images(1), labels: npyBytes('<f4', [1], Float32Array.of(0.5)) })).to.match(
      /the label 0\.5 of image 0/,
    );
    expect(await refused({ images: npyBytes('|u1', [12], bytes(12)), labels: labels(0) })).to.match(
      /array images that is 12, not count x height x width/,
    );
    expect(
      await refused({ images: npyBytes('<f8', [1, 1, 1], Float64Array.of(17)), labels: labels(0) }),
    ).to.match(/the value 17 in image 0 .* 0 to 1/);
    expect(await refused({ images: npyBytes('|O', [1], bytes(8)), labels: labels(0) })).to.match(
      /elements of type \|O|describes no plain array/,
    );
    expect(
      await refused({
        images: npyBytes('|u1', [1, 2, 2, 3], bytes(12), { columnMajor: true }),
        labels: labels(0),
      }),
    ).to.match(/column-major/);
    expect(
      await refused({
        images: npyBytes('|u1', [9, 2, 2, 3], bytes(12)),
        labels: labels(...new Array<number>(9).fill(0)),
      }),
    ).to.match(/12 bytes of values instead of 108/);
  });

  it('does not unpack a bomb', async () => {
    const bomb = Buffer.from(
      zipSync({
        'images.npy': npyBytes('|u1', [100, 100, 100, 3], new Uint8Array(3_000_000)),
        'labels.npy': labels(0),
      }),
    );
    // the archive claims that the images take 2^31 bytes
    const entry = bomb.lastIndexOf(Buffer.from('images.npy'));
    bomb.writeUInt32LE(2 ** 31, entry - 46 + 24);
    await writeFile(join(folder, 'train.npz'), bomb);
    await write('test.npz', {
      images: npyBytes('|u1', [1, 100, 100, 3], new Uint8Array(30_000)),
      labels: labels(0),
    });
    expect(await refusal(open().then((dataset) => dataset.load('train')))).to.match(
      /more than it can hold|labels/,
    );
  });

  it('answers mutated files with images or one clear line', async () => {
    const file = await write('train.npz', { images: images(3), labels: labels(0, 1, 1) });
    await write('test.npz', { images: images(1), labels: labels(0) });
    const original = zipSync({ 'images.npy': [images(3), { level: 0 }], 'labels.npy': labels(0, 1, 1) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(2 * original.length),
        async (changes, length) => {
          const mutated = Buffer.from(original);
          for (const [at, value] of changes) mutated[at] = value;
          await writeFile(file, mutated.subarray(0, length));
          await open()
            .then((dataset) => dataset.load('train'))
            .catch((error: unknown) => {
              expect(isArdError(error), String((error as Error).stack)).to.equal(true);
              expect((error as Error).message)
                .to.include('train.npz')
                .and.not.include('\n');
            });
        },
      ),
      { numRuns: 300 },
    );
  });

  describe('contract', () => {
    beforeEach(async () => {
      await write('train.npz', { images: images(3), labels: labels(0, 1, 1) });
      await write('test.npz', { images: images(2), labels: labels(0, 1) });
    });
    datasetContract({ name: 'npz', create: () => open(), counts: { train: 3, test: 2 } });
  });
});
