import { expect } from 'chai';
import { ema } from '../src/ema.js';
import { swa } from '../src/swa.js';

const at = (epoch: number) => ({ epoch, step: 0, stepsPerEpoch: 4, epochs: 9 });

describe('ema', () => {
  it('keeps the same share at every step from its start on', () => {
    const averaging = ema({ decay: 0.9, start: 2 });
    expect(averaging.every).to.equal('step');
    expect([0, 1, 2, 3].map((epoch) => averaging.keep({ position: at(epoch), updates: 0 }))).to.deep.equal([
      undefined,
      undefined,
      0.9,
      0.9,
    ]);
  });
});

describe('swa', () => {
  it('gives every sample the same share, whatever their number', () => {
    const averaging = swa({ start: 2, every: 2 });
    const samples = [4, 8, 12];
    let mean = 0;
    let updates = 0;
    for (let epoch = 0; epoch < 7; epoch++) {
      const keep = averaging.keep({ position: at(epoch), updates });
      if (keep === undefined) continue;
      mean = keep * mean + (1 - keep) * samples[updates]!;
      updates++;
    }
    expect(updates).to.equal(3);
    expect(mean).to.be.closeTo(8, 1e-12);
  });
});
