import { loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { l2 } from '../src/norms/l2.js';
import { linf } from '../src/norms/linf.js';
import type { Norm } from '../src/norms/norm.js';

/** The move of one point onto `normal · x = offset`. */
function move(norm: Norm, point: readonly number[], normal: readonly number[], offset: number): number[] {
  const image = (values: readonly number[]) => tf.tensor4d([...values], [1, 1, values.length, 1]);
  const excess = point.reduce((sum, value, index) => sum + value * normal[index]!, -offset);
  return tf.tidy(() =>
    Array.from(norm.toHyperplane(image(point), image(normal), tf.tensor1d([excess])).dataSync()),
  );
}

/** λ of the ℓ∞ projection by sorting, in double precision. */
function sortedRoot(rooms: readonly number[], weights: readonly number[], goal: number): number {
  const order = rooms.map((room, index) => [room, weights[index]!] as const).sort(([a], [b]) => a - b);
  let slope = weights.reduce((sum, weight) => sum + weight, 0);
  let [reached, lambda] = [0, 0];
  for (const [room, weight] of order) {
    if (reached + slope * (room - lambda) >= goal) return lambda + (goal - reached) / slope;
    reached += slope * (room - lambda);
    lambda = room;
    slope -= weight;
  }
  return lambda;
}

describe('projection onto a hyperplane inside [0, 1]', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  const oracle: readonly (readonly [number[], number[], number, number[]])[] = [
    [[0.5, 0.5], [1, 1], 1.2, [0.1, 0.1]],
    [[0.95, 0.5], [1, 1], 1.75, [0.05, 0.25]],
    [[0.5, 0.5], [2, -1], 0.8, [0.1, -0.1]],
    [[0.5, 0.5, 0.2], [1, 0, 1], 1.1, [0.2, 0, 0.2]],
    [[0.2, 0.8, 0.5, 0.5], [1, -1, 0.5, 0], 0.6, [0.38, -0.38, 0.38, 0]],
    [[0.5, 0.5], [1, 1], 3, [0.5, 0.5]],
  ];
  for (const [point, normal, offset, expected] of oracle) {
    it(`linf: from (${point.join(', ')}) onto (${normal.join(', ')}) · x = ${offset}`, () => {
      move(linf, point, normal, offset).forEach((value, index) =>
        expect(value).to.be.closeTo(expected[index]!, 1e-6),
      );
    });
  }

  it('linf: agrees with sorting the rooms, for any number of pieces', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const pixel = fc.tuple(unit, fc.double({ min: -1, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 60 }), unit, (pixels, share) => {
        // what float32 cannot tell from 0 is 0
        const normal = pixels.map(([, weight]) => (Math.abs(weight) < 1e-3 ? 0 : Math.fround(weight)));
        const point = pixels.map(([value]) => Math.fround(value));
        const rooms = point.map((value, index) => (normal[index]! > 0 ? 1 - value : value));
        const reach = rooms.reduce((sum, room, index) => sum + room * Math.abs(normal[index]!), 0);
        if (reach < 1e-2) return;
        const goal = share * reach * 0.99;
        const weights = normal.map(Math.abs);
        const here = point.reduce((sum, value, index) => sum + value * normal[index]!, 0);
        const lambda = sortedRoot(
          rooms.filter((_, index) => weights[index]! > 0),
          weights.filter((weight) => weight > 0),
          goal,
        );
        move(linf, point, normal, here + goal).forEach((value, index) =>
          expect(value).to.be.closeTo(
            Math.sign(normal[index]!) * Math.min(lambda, rooms[index]!),
            2e-5 + 1e-6 / Math.max(weights[index]!, 1e-2),
          ),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('l2: the shortest move where no pixel meets the box, and a longer one where some do', () => {
    const free = move(l2, [0.5, 0.5], [3, 4], 4.5);
    // 1 / 25 of the normal
    expect(free[0]).to.be.closeTo(0.12, 1e-6);
    expect(free[1]).to.be.closeTo(0.16, 1e-6);
    const bounded = move(l2, [0.5, 0.95], [3, 4], 6);
    expect(bounded[1]).to.be.closeTo(0.05, 1e-6);
    expect(bounded[0]).to.be.closeTo(0.5 / 3, 1e-6);
    move(l2, [0.5, 0.5], [1, 1], 3).forEach((value) => expect(value).to.be.closeTo(0.5, 1e-6));
  });
});
