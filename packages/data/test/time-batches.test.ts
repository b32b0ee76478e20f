import { randomStream } from '@ard/core';
import { expect } from 'chai';
import { batchSource } from '../src/batch-source.js';
import { threadsWorth } from '../src/threads-worth.js';
import { timeBatches } from '../src/time-batches.js';
import { tinyImages } from './tiny-images.js';

describe('timeBatches', () => {
  it('tells of steps and epochs how long they took, and how much of that was waiting', async () => {
    const images = tinyImages([0, 1, 0, 1]);
    const source = batchSource({ images, batchSize: 2, random: randomStream(0), shuffle: false });
    const timed = timeBatches(source);
    expect(timed.batches.stepsPerEpoch).to.equal(2);
    const steps = [];
    for (const step of [0, 1]) {
      await timed.batches.batch(0, step);
      steps.push(timed.step());
    }
    for (const { seconds, waitedSeconds } of steps) {
      expect(waitedSeconds).to.be.at.least(0);
      expect(seconds).to.be.at.least(waitedSeconds);
    }
    const epoch = timed.epoch();
    expect(epoch.seconds).to.equal(steps[0]!.seconds + steps[1]!.seconds);
    expect(timed.epoch()).to.deep.equal({ seconds: 0, waitedSeconds: 0 });
  });
});

describe('threadsWorth', () => {
  it('gives none to batches that are made faster than they travel', () => {
    expect(threadsWorth(1, 128, { height: 32, width: 32, channels: 3 })).to.equal(1);
    expect(threadsWorth(4, 10, { height: 8, width: 8, channels: 3 })).to.equal(0);
    expect(threadsWorth(0, 128, { height: 64, width: 64, channels: 3 })).to.equal(0);
  });
});
