import { expect } from 'chai';
import { compareSplits } from '../src/compare-splits.js';
import { tinyImages } from './tiny-images.js';

describe('compareSplits', () => {
  it('counts classes, equal images within and between splits, and labels that contradict', () => {
    const train = tinyImages([0, 1, 0, 1], undefined, 3);
    const test = tinyImages([1, 2], undefined, 3);
    train.images.copyWithin(3 * 48, 0, 48); // image 3 is image 0, with label 1 instead of 0
    test.images.set(train.images.subarray(48, 96), 0); // test image 0 is training image 1, with its label
    test.images.fill(9, 48);
    expect(compareSplits(train, test)).to.deep.equal({
      trainCounts: [2, 2, 0],
      testCounts: [0, 1, 1],
      duplicatesInTrain: 1,
      duplicatesInTest: 0,
      testInTrain: 1,
      contradictions: 1,
    });
  });
});
