import type { Engine } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { squareSide } from '../src/square/square-schedule.js';
import { bump } from '../src/square/bump.js';
import { l2Squares } from '../src/square/l2-squares.js';
import { linfSquares } from '../src/square/linf-squares.js';
import { square, type SquareOptions } from '../src/square/square.js';
import { attacked, cpuEngine, randomImages, randomNetwork } from './subjects.js';

const options: SquareOptions = {
  epsilon: 0.1,
  norm: 'linf',
  queries: 60,
  initialShare: 0.8,
  rescaleSchedule: false,
  restarts: 1,
  stopWhenBroken: true,
  batchSize: 0,
};
const cifar = { height: 32, width: 32 };

/** First iteration of each side. */
function changes(queries: number, rescale: boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let iteration = 0; iteration < queries; iteration++) {
    const side = squareSide(iteration, cifar, { queries, initialShare: 0.8, rescale });
    if (found.at(-1)?.[1] !== side) found.push([iteration, side]);
  }
  return found;
}

describe('Square', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('shrinks its window as methods.md 6.8 says', () => {
    expect(changes(5000, false)).to.deep.equal([
      [0, 29],
      [11, 20],
      [51, 14],
      [201, 10],
      [501, 7],
      [1001, 5],
      [2001, 4],
      [4001, 3],
    ]);
  });

  it("shrinks it twice as fast with torchattacks' rescaled schedule (6.9)", () => {
    expect(changes(5000, true)).to.deep.equal([
      [0, 29],
      [6, 20],
      [26, 14],
      [101, 10],
      [251, 7],
      [501, 5],
      [1001, 4],
      [2001, 3],
      [3001, 2],
      [4001, 1],
    ]);
  });

  it('keeps the window inside small images', () => {
    const schedule = { queries: 100, initialShare: 1, rescale: false };
    expect(squareSide(0, { height: 2, width: 50 }, schedule)).to.equal(2);
    expect(squareSide(60, { height: 2, width: 2 }, schedule)).to.equal(1);
  });

  it('changes the window and nothing else, to the edge of the ball', () => {
    const images = tf.fill([2, 4, 4, 2], 0.5) as tf.Tensor4D;
    const best = tf.add(images, 0.1) as tf.Tensor4D;
    const candidate = linfSquares
      .change(
        best,
        { images, epsilon: tf.tensor1d([0.1, 0.1]) },
        {
          top: tf.tensor1d([1, 0]),
          left: tf.tensor1d([2, 0]),
          signs: tf.tensor2d([
            [-1, 1],
            [-1, -1],
          ]),
          side: tf.scalar(2),
        },
      )
      .dataSync();
    candidate.forEach((value, index) => {
      const [channel, x, y, example] = [
        index % 2,
        Math.floor(index / 2) % 4,
        Math.floor(index / 8) % 4,
        Math.floor(index / 32),
      ];
      const inside = example === 0 ? y >= 1 && y < 3 && x >= 2 : y < 2 && x < 2;
      const lowered = inside && (example === 1 || channel === 0);
      expect(value).to.be.closeTo(lowered ? 0.4 : 0.6, 1e-6);
    });
  });

  it('leaves every pixel at the edge of the ball or the box, and gains from more queries', async () => {
    const model = randomNetwork({ height: 4, width: 4, channels: 1 }, 4, 8);
    const images = randomImages(model.shape, 16, 9);
    const given = { engine, model, images, epsilon: 0.1 };
    const short = await attacked(square({ ...options, queries: 5 }), given);
    const long = await attacked(square(options), given);
    long.robust.forEach((robust, row) => {
      if (robust) expect(short.robust[row], 'more queries break no less').to.be.true;
    });
    expect(long.robust).to.include(false);
    long.values.forEach((value, index) => {
      const change = Math.abs(value - images[index]!);
      if (change === 0 || value === 0 || value === 1) return;
      expect(change).to.be.closeTo(0.1, 1e-6);
    });
  });

  it('l2: bumps have length 1, and their halves opposite signs', () => {
    for (const side of [3, 5, 21]) {
      const upright = Array.from(bump(side, false));
      expect(Math.hypot(...upright)).to.be.closeTo(1, 1e-6);
      const half = side * Math.floor(side / 2);
      expect(Math.min(...upright.slice(0, half))).to.be.above(0);
      expect(Math.max(...upright.slice(half))).to.be.below(0);
      const lying = bump(side, true);
      upright.forEach((value, at) =>
        expect(lying[(at % side) * side + Math.floor(at / side)]).to.equal(value),
      );
    }
    // the upper row of side 3: nested rectangles around its middle give 1.25, 0.25 and 0.25 before scaling
    const [left, middle] = bump(3, false);
    expect(middle! / left!).to.be.closeTo(5, 1e-5);
  });

  it('l2: the window has an odd side that fits', () => {
    const sides = [29, 20, 14, 10, 7, 5, 4, 3, 2].map((side) => l2Squares.side(side, cifar));
    expect(sides).to.deep.equal([29, 21, 15, 11, 7, 5, 5, 3, 3]);
    expect(l2Squares.side(4, { height: 4, width: 6 })).to.equal(3);
    expect(l2Squares.side(1, { height: 2, width: 2 })).to.equal(1);
  });

  it('l2: spends the whole radius wherever the box allows, and gains from more queries', async () => {
    const model = randomNetwork({ height: 6, width: 6, channels: 2 }, 4, 8);
    const images = randomImages(model.shape, 16, 9).map((value) => 0.3 + 0.4 * value);
    const given = { engine, model, images, epsilon: 0.25 };
    const l2 = (queries: number) => square({ ...options, norm: 'l2', epsilon: 0.25, queries });
    const [short, long] = [await attacked(l2(5), given), await attacked(l2(80), given)];
    expect(long.robust).to.include(false);
    long.robust.forEach((robust, row) => {
      if (robust) expect(short.robust[row], 'more queries break no less').to.be.true;
      const change = long.values.slice(72 * row, 72 * row + 72).map((v, i) => v - images[72 * row + i]!);
      const length = Math.hypot(...change);
      if (length > 0) expect(length).to.be.closeTo(0.25, 1e-5);
    });
  });
});
