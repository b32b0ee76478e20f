import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type Dataset } from '@ard/core';
import { datasetContract } from '@ard/testkit';
import { expect } from 'chai';
import { svhn } from '../src/svhn.js';
import { matFile, matMatrix } from './mat-bytes.js';

/** Byte of a pixel that tells where it belongs. */
const pixel = (image: number, row: number, column: number, channel: number): number =>
  (image * 31 + row * 7 + column * 3 + channel * 101) % 256;

/** `[32, 32, 3, count]`, the first extent next to each other. */
function columnMajor(count: number): Uint8Array {
  return Uint8Array.from({ length: 3072 * count }, (_, at) =>
    pixel(Math.floor(at / 3072), at % 32, Math.floor(at / 32) % 32, Math.floor(at / 1024) % 3),
  );
}

const file = (labels: readonly number[], compressed = true): Buffer =>
  matFile(
    [
      matMatrix('X', [32, 32, 3, labels.length], columnMajor(labels.length)),
      matMatrix('y', [labels.length, 1], Uint8Array.from(labels)),
    ],
    { compressed },
  );

describe('svhn', () => {
  let folder: string;
  const open = (options: Record<string, unknown> = {}): Dataset =>
    svhn.create(svhn.options.parse({ directory: folder, ...options })) as Dataset;
  const write = (name: string, content: Uint8Array): void => writeFileSync(join(folder, name), content);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ard-svhn-'));
    write('train_32x32.mat', file([1, 10, 3]));
    write('extra_32x32.mat', file([9, 10]));
    write('test_32x32.mat', file([2, 4], false));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('turns columns into rows and planes into pixels, and the label 10 into 0', async () => {
    const { images, labels, source } = await open().load('train');
    expect([...labels]).to.deep.equal([1, 0, 3]);
    for (const [image, row, column, channel] of [
      [0, 0, 0, 0],
      [1, 2, 30, 1],
      [2, 31, 5, 2],
    ] as const) {
      expect(images[((image * 32 + row) * 32 + column) * 3 + channel]).to.equal(
        pixel(image, row, column, channel),
      );
    }
    expect(source).to.match(/^3 images in train_32x32\.mat/);
  });

  it('adds the extra images when told to', async () => {
    expect([...(await open({ extra: true }).load('train')).labels]).to.deep.equal([1, 0, 3, 9, 0]);
  });

  it('does not augment unless asked', () => {
    expect(open().augmentation).to.deep.equal({ cropPadding: 0, paddingMode: 'zero', flip: false });
    expect(open({ cutout: 8 }).augmentation.cutout).to.equal(8);
    expect(open({ cropPadding: 4, flip: true }).augmentation.cropPadding).to.equal(4);
  });

  describe('bad files, each in one clear line', () => {
    const refused = async (content: Uint8Array): Promise<string> => {
      write('test_32x32.mat', content);
      const error: unknown = await open()
        .load('test')
        .catch((reason: unknown) => reason);
      expect(isArdError(error), String(error)).to.equal(true);
      expect((error as Error).message).to.not.include('\n');
      return (error as Error).message;
    };
    const X = (count: number): Buffer => matMatrix('X', [32, 32, 3, count], columnMajor(count));

    it('names what is wrong', async () => {
      const y = matMatrix('y', [2, 1], Uint8Array.of(1, 2));
      expect(await refused(Buffer.from('PK'))).to.match(/ends after 2 bytes/);
      expect(await refused(Buffer.alloc(500))).to.match(/not a MATLAB 5 file/);
      expect(await refused(matFile([X(2)]))).to.match(/no matrix y/);
      expect(await refused(matFile([X(3), y]))).to.match(/3 images, but 2 labels/);
      expect(await refused(matFile([X(2), y, y]))).to.match(/holds y twice/);
      expect(await refused(matFile([matMatrix('X', [28, 28, 3, 1], new Uint8Array(2352)), y]))).to.match(
        /X is 28 x 28 x 3 x 1, expected 32 x 32 x 3 x any/,
      );
      expect(await refused(file([1, 11]))).to.match(/image 1 .* label 11/);
      expect(await refused(file([1, 2]).subarray(0, 300))).to.match(/truncated/);
      expect(await refused(file([1, 2], false).subarray(0, 3000))).to.match(/truncated/);
    });

    it('does not inflate more than the announced shape explains', async () => {
      const bomb = matMatrix('X', [32, 32, 3, 1], new Uint8Array(50_000_000));
      expect(await refused(matFile([bomb]))).to.match(/announces 50\d+ bytes, more than it can hold/);
    });
  });

  describe('contract', () => {
    before(() => write('test_32x32.mat', file([2, 4])));
    datasetContract({ name: 'svhn', create: () => open(), counts: { train: 3, test: 2 } });
  });
});
