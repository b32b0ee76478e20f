import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isArdError, type Component, type Dataset } from '@ard/core';
import { classCounts } from '@ard/data';
import { datasetContract } from '@ard/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { imageFolder } from '../src/image-folder.js';
import { tinyImagenet } from '../src/tiny-imagenet.js';

const open = async (component: Component, options: Record<string, unknown>): Promise<Dataset> =>
  (await component.create(component.options.parse(options))) as Dataset;

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(isArdError(error), String(error)).to.equal(true);
  expect((error as Error).message).to.not.include('\n');
  return (error as Error).message;
}

type Format = 'png' | 'jpeg' | 'webp';

/** One colour all over, so that every decoder gives it back nearly as it was. */
async function picture(
  [red, green, blue]: readonly [number, number, number],
  { width = 8, height = 8, format = 'png' as Format } = {},
): Promise<Buffer> {
  const background = { r: red, g: green, b: blue };
  return await sharp({ create: { width, height, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}

describe('folders of images', () => {
  let folder: string;
  const former = process.env.ARD_CACHE_DIR;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-images-'));
    process.env.ARD_CACHE_DIR = join(folder, 'cache');
  });
  afterEach(async () => {
    if (former === undefined) delete process.env.ARD_CACHE_DIR;
    else process.env.ARD_CACHE_DIR = former;
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (name: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };

  describe('image-folder', () => {
    it('reads PNG, JPEG and WebP, classes in the order of their names, with exact PNG pixels', async () => {
      await write('own/train/b/1.png', await picture([10, 20, 30]));
      await write('own/train/a/1.JPG', await picture([200, 100, 50], { format: 'jpeg' }));
      await write('own/train/a/deeper/2.webp', await picture([0, 255, 0], { format: 'webp' }));
      await write('own/train/a/notes.txt', 'no image');
      await write('own/val/b/1.png', await picture([1, 2, 3]));
      const dataset = await open(imageFolder, { directory: join(folder, 'own'), size: 8 });
      expect(dataset.classNames).to.deep.equal(['a', 'b']);
      const train = await dataset.load('train');
      expect([...train.labels]).to.deep.equal([0, 0, 1]);
      const first = (index: number): readonly number[] => [
        ...train.images.subarray(192 * index, 192 * index + 3),
      ];
      [200, 100, 50].forEach((value, channel) => expect(first(0)[channel]).to.be.closeTo(value, 3));
      [0, 255, 0].forEach((value, channel) => expect(first(1)[channel]).to.be.closeTo(value, 3));
      expect(first(2)).to.deep.equal([10, 20, 30]);
      expect((await dataset.load('test')).count).to.equal(1);
    });

    it('sets every so many-th image of a class apart where there are no folders for that', async () => {
      for (const name of ['a', 'b']) {
        for (let index = 0; index < 6; index++) {
          await write(`own/${name}/${index}.png`, await picture([index, 0, 0]));
        }
      }
      const dataset = await open(imageFolder, { directory: join(folder, 'own'), size: 8, testEvery: 3 });
      const [train, test] = [await dataset.load('train'), await dataset.load('test')];
      expect(classCounts(train)).to.deep.equal([4, 4]);
      expect([0, 1, 2, 3].map((index) => test.images[192 * index])).to.deep.equal([2, 5, 2, 5]);
    });

    it('crops, pads or refuses other sizes as told', async () => {
      const wide = await sharp({ create: { width: 16, height: 8, channels: 3, background: 'white' } })
        .png()
        .toBuffer();
      for (const name of ['a/1.png', 'b/1.png']) await write(`own/${name}`, wide);
      const load = async (fit: string, channels = 3): Promise<Uint8Array> => {
        const options = { directory: join(folder, 'own'), size: 8, fit, channels, cropPadding: 0 };
        return (await (await open(imageFolder, options)).load('train')).images;
      };
      expect(new Set(await load('cover'))).to.deep.equal(new Set([255]));
      const padded = await load('contain');
      expect([padded[0], padded[3 * 8 * 4]]).to.deep.equal([0, 255]);
      expect(await refusal(load('exact'))).to.match(
        /1\.png: is 16 x 8 pixels, expected 8 x 8 \(and 1 more of 2/,
      );
      expect(await load('cover', 1)).to.have.length(2 * 64);
    });

    it('names corrupt files, missing folders and classes that do not fit', async () => {
      const good = await picture([1, 2, 3], { format: 'jpeg', width: 64, height: 64 });
      await write('own/a/1.jpg', good.subarray(0, good.length - 100));
      await write('own/b/1.png', '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"></svg>');
      const dataset = await open(imageFolder, { directory: join(folder, 'own') });
      expect(await refusal(dataset.load('train'))).to.match(
        /a\/1\.jpg: cannot be decoded \(.*\) \(and 1 more of 2 files\)/,
      );
      expect(await refusal(open(imageFolder, { directory: join(folder, 'none') }))).to.match(
        /no such folder/,
      );
      await write('half/train/a/1.png', '');
      expect(await refusal(open(imageFolder, { directory: join(folder, 'half') }))).to.match(/none for test/);
      await write('half/train/b/1.png', '');
      await write('half/test/c/1.png', '');
      expect(await refusal(open(imageFolder, { directory: join(folder, 'half') }))).to.match(
        /the class c, which training has not/,
      );
    });

    it('decodes once, until a file changes or the cache is damaged', async () => {
      for (const name of ['a/1.png', 'b/1.png']) await write(`own/${name}`, await picture([9, 9, 9]));
      const load = async (): Promise<readonly number[]> => {
        const dataset = await open(imageFolder, { directory: join(folder, 'own'), size: 8 });
        return [...(await dataset.load('train')).images.subarray(0, 3)];
      };
      const entries = (): readonly string[] => readdirSync(join(folder, 'cache', 'datasets'));
      expect(await load()).to.deep.equal([9, 9, 9]);
      const [entry] = entries().filter((name) => name.endsWith('.images'));
      expect(entry).to.be.a('string');
      // taken from the cache: what stands there is believed, as long as its own hash is right
      await writeFile(join(folder, 'cache', 'datasets', entry!), new Uint8Array(2 * 192).fill(7));
      expect(await load(), 'damaged entry').to.deep.equal([9, 9, 9]);
      await write('own/a/1.png', await picture([5, 5, 5]));
      await utimes(join(folder, 'own/a/1.png'), 1, 1);
      expect(await load(), 'changed file').to.deep.equal([5, 5, 5]);
      expect(entries().filter((name) => name.endsWith('.images'))).to.have.length(2);
      expect(entries().filter((name) => name.includes('.part'))).to.have.length(0);
    });

    it('answers mutated images with pixels or one clear line', async () => {
      const formats: readonly Format[] = ['png', 'jpeg', 'webp'];
      const originals = await Promise.all(
        formats.map((format) => picture([9, 99, 199], { format, width: 16, height: 16 })),
      );
      await write('own/b/1.png', originals[0]!);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...originals),
          fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          fc.nat(5000),
          async (original, changes, length) => {
            const bytes = Buffer.from(original);
            for (const [at, value] of changes) bytes[at % bytes.length] = value;
            await write('own/a/1.png', length % 2 ? bytes : bytes.subarray(0, length % bytes.length));
            const dataset = await open(imageFolder, { directory: join(folder, 'own'), cache: false });
            await dataset.load('train').catch((error: unknown) => {
              expect(isArdError(error), String(error)).to.equal(true);
              expect((error as Error).message)
                .to.include('1.png')
                .and.not.include('\n');
            });
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('tiny-imagenet', () => {
    const ids = ['n02', 'n01', 'n03'];
    const side = { width: 64, height: 64, format: 'jpeg' as const };
    const writeAll = async (): Promise<void> => {
      await write('tiny/wnids.txt', `${ids.join('\n')}\n`);
      await write('tiny/words.txt', 'n01\tcat, true cat\nn02\tdog\nn03\tdog\nn99\tother\n');
      for (const id of ids) {
        const shade = Number(id.slice(1)) * 40;
        await write(`tiny/train/${id}/images/${id}_0.JPEG`, await picture([shade, 0, 0], side));
        await write(`tiny/val/images/val_${id}.JPEG`, await picture([shade, 0, 1], side));
      }
      await write(
        'tiny/val/val_annotations.txt',
        ids.map((id) => `val_${id}.JPEG\t${id}\t0\t0\t62\t62\n`).join(''),
      );
    };
    const directory = (): string => join(folder, 'tiny');

    it('labels by class id, and validation images by their annotations', async () => {
      await writeAll();
      const dataset = await open(tinyImagenet, { directory: directory() });
      expect(dataset.classNames).to.deep.equal(['cat', 'n02', 'n03']);
      expect(dataset.augmentation).to.deep.equal({ cropPadding: 4, paddingMode: 'zero', flip: true });
      expect([...(await dataset.load('train')).labels]).to.deep.equal([0, 1, 2]);
      const test = await dataset.load('test');
      expect([...test.labels]).to.deep.equal([1, 0, 2]);
      expect(test.images[0]).to.be.closeTo(80, 3);
      expect(existsSync(join(folder, 'cache', 'datasets'))).to.equal(true);
    });

    it('takes validation images sorted into folders as well', async () => {
      await writeAll();
      await rm(join(directory(), 'val', 'val_annotations.txt'));
      for (const id of ids) {
        await write(`tiny/val/${id}/x.JPEG`, await readFile(join(directory(), `val/images/val_${id}.JPEG`)));
      }
      const dataset = await open(tinyImagenet, { directory: directory() });
      expect([...(await dataset.load('test')).labels]).to.deep.equal([0, 1, 2]);
    });

    it('refuses annotations and images that are not of this data set', async () => {
      await writeAll();
      const load = async (): Promise<unknown> =>
        (await open(tinyImagenet, { directory: directory(), cache: false })).load('test');
      await write('tiny/val/val_annotations.txt', 'val_n01.JPEG\tn77\n');
      expect(await refusal(load())).to.match(/val_annotations\.txt: line 1 names no file and class/);
      await write('tiny/val/val_annotations.txt', '../../secret.JPEG\tn01\n');
      expect(await refusal(load())).to.match(/line 1 names no file and class/);
      await write('tiny/val/val_annotations.txt', 'absent.JPEG\tn01\n');
      expect(await refusal(load())).to.match(/absent\.JPEG: there is no such file/);
      await write('tiny/val/val_annotations.txt', 'val_n01.JPEG\tn01\n');
      await write('tiny/val/images/val_n01.JPEG', await picture([1, 1, 1]));
      expect(await refusal(load())).to.match(/is 8 x 8 pixels, expected 64 x 64/);
    });

    describe('contract', () => {
      beforeEach(writeAll);
      datasetContract({
        name: 'tiny-imagenet',
        create: () => open(tinyImagenet, { directory: directory() }),
        counts: { train: 3, test: 3 },
      });
      datasetContract({
        name: 'image-folder',
        create: () => open(imageFolder, { directory: join(directory(), 'train'), size: 16, testEvery: 2 }),
        splits: ['train'],
      });
    });
  });
});
