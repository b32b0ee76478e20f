import { randomStream } from '@ard/core';
import { expect } from 'chai';
import { kaimingNormal, kaimingNormalFanOut, uniformFanIn } from '../src/index.js';

const shape = [64, 16, 3, 3];
const fanIn = 16 * 3 * 3;

function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('initialisers (methods.md 1.4)', () => {
  const random = randomStream(0);

  it("PyTorch's default fills ±1/√fanIn evenly", () => {
    const values = uniformFanIn(random, shape, fanIn);
    expect(Math.max(...values)).to.be.within(0.999 / 12, 1 / 12);
    expect(Math.min(...values)).to.be.within(-1 / 12, -0.999 / 12);
    expect(standardDeviation(values)).to.be.closeTo(1 / 12 / Math.sqrt(3), 1e-3);
  });

  it('Kaiming normal has the deviation √(2/fanIn), or over the outputs √(2/fanOut)', () => {
    expect(standardDeviation(kaimingNormal(random, shape, fanIn))).to.be.closeTo(Math.sqrt(2 / fanIn), 2e-3);
    expect(standardDeviation(kaimingNormalFanOut(random, shape, fanIn))).to.be.closeTo(
      Math.sqrt(2 / (64 * 9)),
      1e-3,
    );
  });
});
