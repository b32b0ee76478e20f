import type { Dataset, LabelledImages, Split } from '@ard/core';
import { expect } from 'chai';
import { suite, type ContractRow } from './support/contract.js';

/** A data set under test. Where its files may be absent, leave the suite out and say so in your own test. */
export interface DatasetRow extends Omit<ContractRow, 'engine'> {
  create(): Dataset | Promise<Dataset>;
  /** Splits to load, both unless told otherwise. */
  readonly splits?: readonly Split[];
  /** How many images each split must have, where that is known. */
  readonly counts?: Partial<Record<Split, number>>;
}

/** Declares the tests that every data set must pass. */
export function datasetContract(row: DatasetRow): void {
  const splits = row.splits ?? ['train', 'test'];

  suite(row, 'dataset', (it) => {
    it('describes its images, classes and usual augmentation', async () => {
      const { shape, classNames, augmentation } = await row.create();
      for (const extent of [shape.height, shape.width, shape.channels]) {
        expect(Number.isInteger(extent) && extent >= 1, `extent ${extent}`).to.be.true;
      }
      expect(classNames.length, 'number of classes').to.be.at.least(2);
      expect(new Set(classNames).size, 'distinct class names').to.equal(classNames.length);
      for (const name of classNames) expect(name.trim(), 'class name').to.equal(name).and.not.be.empty;
      expect(augmentation.cropPadding).to.be.at.least(0);
      expect(augmentation.paddingMode).to.be.oneOf(['zero', 'reflect']);
      expect(augmentation.flip).to.be.a('boolean');
    });

    for (const split of splits) {
      it(`loads as many ${split} images and labels as it says`, async () => {
        const dataset = await row.create();
        const loaded = await dataset.load(split);
        const { height, width, channels } = dataset.shape;
        expect(loaded.shape).to.deep.equal(dataset.shape);
        expect(loaded.classNames).to.deep.equal(dataset.classNames);
        expect(loaded.count, 'count').to.be.at.least(1);
        expect(loaded.count, 'count').to.equal(row.counts?.[split] ?? loaded.count);
        expect(loaded.labels.length, 'labels').to.equal(loaded.count);
        expect(loaded.images, 'images').to.be.instanceOf(Uint8Array);
        expect(loaded.images.length, 'bytes').to.equal(loaded.count * height * width * channels);
        expect(loaded.source, 'source').to.be.a('string').and.not.include('\n').and.not.be.empty;
      });

      it(`labels ${split} images within the range of classes, more than one of them`, async () => {
        const { labels, classNames } = await (await row.create()).load(split);
        for (const label of labels) {
          if (!(label >= 0 && label < classNames.length))
            expect.fail(`label ${label} of ${classNames.length} classes`);
        }
        expect(new Set(labels).size, 'classes that occur').to.be.at.least(2);
      });

      it(`has ${split} images that differ`, async () => {
        const { images, count } = await (await row.create()).load(split);
        expect(new Set(images).size, 'distinct bytes').to.be.at.least(2);
        const size = images.length / count;
        const first = images.subarray(0, size).toString();
        const same = Array.from({ length: count }, (_, i) => i).every(
          (i) => images.subarray(i * size, (i + 1) * size).toString() === first,
        );
        expect(same, 'all images are the same').to.be.false;
      });

      it(`loads the same ${split} images each time, under the same fingerprint`, async () => {
        const dataset = await row.create();
        const loads = [dataset, dataset, await row.create()].map((each) => each.load(split));
        const [first, ...others] = (await Promise.all(loads)) as [LabelledImages, ...LabelledImages[]];
        expect(first.fingerprint, 'fingerprint').to.match(/^[0-9a-f]{64}$/);
        for (const other of others) {
          expect(other.fingerprint, 'fingerprint').to.equal(first.fingerprint);
          expect(Buffer.compare(other.images, first.images), 'difference of images').to.equal(0);
          expect(Array.from(other.labels), 'labels').to.deep.equal(Array.from(first.labels));
        }
      });
    }

    if (splits.length === 2) {
      it('gives the splits different fingerprints', async () => {
        const dataset = await row.create();
        const [one, other] = await Promise.all(splits.map((split) => dataset.load(split)));
        expect(one!.fingerprint).to.not.equal(other!.fingerprint);
      });
    }
  });
}
