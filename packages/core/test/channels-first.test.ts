import { expect } from 'chai';
import { channelsFirst } from '../src/channels-first.js';

describe('channelsFirst', () => {
  it('puts whole channels of every image one after another', () => {
    const images = Float32Array.from({ length: 24 }, (_, index) => index);
    const turned = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, 12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23];
    expect(Array.from(channelsFirst(images, [2, 2, 2, 3]))).to.deep.equal(turned);
  });
});
