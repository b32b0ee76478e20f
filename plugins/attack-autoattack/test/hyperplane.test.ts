import { randomStream } from '@ard/core';
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

interface Case {
  readonly point: Float32Array;
  readonly normal: Float32Array;
  readonly excess: number;
}

/**
 * Points with ties and with pixels at the faces of the box, normals with zeros and with weights of very different
 * size, alone and in one normal, planes near and far, touched by a corner only, and out of reach.
 */
function hardCases(count: number, size: number, seed: number): Case[] {
  const random = randomStream(seed);
  const pick = (number: number, from: readonly number[]): number => from[Math.floor(number * from.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const stream = random.derive('case', index);
    const kinds = stream.derive('kind').uniform(size + 5);
    const values = stream.derive('value').uniform(size);
    const gauss = stream.derive('weight').normal(size, 0, 1);
    const ties = kinds[size]! < 0.4;
    const point = values.map((value, at) =>
      ties ? pick(value, [0, 0.25, 0.5, 1]) : kinds[at]! < 0.2 ? 0 : value,
    );
    const scale = pick(kinds[size + 1]!, [1e-6, 1e-3, 1, 1, 1e3, 1e6]);
    const spread = pick(kinds[size + 2]!, [0, 0, 2, 6]);
    const normal = gauss.map((weight, at) =>
      kinds[at]! > 0.9
        ? 0
        : Math.sign(weight) * (ties ? 1 : Math.abs(weight)) * scale * 10 ** (-spread * kinds[at]!),
    );
    // as far down as the box allows, and up
    const reach = (sign: number): number =>
      point.reduce((sum, value, at) => {
        const along = -sign * Math.sign(normal[at]!);
        return sum + Math.abs(normal[at]!) * (along > 0 ? 1 - value : value);
      }, 0);
    const sign = kinds[size + 3]! < 0.5 ? -1 : 1;
    const share = pick(kinds[size + 4]!, [0, 1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1, 1.5, 10]);
    return { point, normal, excess: Math.fround(sign * share * reach(sign)) };
  });
}

/** The length of the move along each pixel, in double precision: λ by bisection over powers of two and then halves. */
function bisected({ name }: Norm, { point, normal, excess }: Case): { moves: number[] } {
  const weights = Array.from(normal, Math.abs);
  const directions = Array.from(normal, (weight) => -Math.sign(weight) * Math.sign(excess));
  const rooms = directions.map((direction, at) => (direction > 0 ? 1 - point[at]! : point[at]!));
  const moved = (lambda: number): number[] =>
    rooms.map((room, at) =>
      weights[at] === 0 ? 0 : Math.min(room, name === 'linf' ? lambda : lambda * weights[at]!),
    );
  const rates = name === 'linf' ? weights.map(() => 1) : weights;
  const reached = (lambda: number): number => {
    let sum = 0;
    for (let at = 0; at < rooms.length; at++) sum += weights[at]! * Math.min(rooms[at]!, lambda * rates[at]!);
    return sum;
  };
  let [low, high] = [0, 2 ** -60];
  while (reached(high) < Math.abs(excess) && high < 2 ** 60) high *= 2;
  for (let count = 0; count < 60; count++) {
    const middle = (low + high) / 2;
    if (reached(middle) < Math.abs(excess)) low = middle;
    else high = middle;
  }
  return { moves: moved(high).map((distance, at) => distance * directions[at]!) };
}

/**
 * The move stays in the box, goes as far towards the plane as the bisection within 1e-5 of it, and is no longer than
 * the way to a plane that lies 1e-5 farther: where only pixels of little weight have room left, that is much longer.
 */
function compareWithBisection(norm: Norm, cases: readonly Case[]): void {
  const size = cases[0]!.point.length;
  const stacked = (part: 'point' | 'normal'): tf.Tensor4D =>
    tf.tensor4d(Float32Array.from(cases.flatMap((one) => Array.from(one[part]))), [cases.length, 1, size, 1]);
  const found = tf.tidy(() =>
    norm
      .toHyperplane(stacked('point'), stacked('normal'), tf.tensor1d(cases.map(({ excess }) => excess)))
      .dataSync(),
  );
  cases.forEach((one, index) => {
    const { point, normal, excess } = one;
    const own = found.subarray(index * size, (index + 1) * size);
    const expected = bisected(norm, one).moves;
    const weighted = (moves: ArrayLike<number>): number =>
      Array.from(moves).reduce((sum, value, at) => sum + value * normal[at]!, 0);
    const what = `${norm.name} case ${index} of ${size} numbers, excess ${excess}`;
    own.forEach((value, at) => {
      expect(point[at]! + value, `${what}: pixel ${at}`).to.be.within(-1e-7, 1 + 1e-7);
    });
    const goal = Math.abs(weighted(expected));
    expect(weighted(own), `${what}: towards the plane`).to.be.closeTo(weighted(expected), 1e-5 * goal);
    const length = (moves: ArrayLike<number>): number =>
      norm.name === 'linf' ? Math.max(...Array.from(moves, Math.abs)) : Math.hypot(...Array.from(moves));
    const farther = bisected(norm, { ...one, excess: excess * (1 + 1e-5) }).moves;
    expect(length(own), `${what}: length`).to.be.at.most(length(farther) * (1 + 1e-5) + 1e-7);
  });
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

  for (const norm of [linf, l2]) {
    it(`${norm.name}: on 2,000 hard cases reaches the plane as a bisection in double precision does`, () => {
      for (const size of [1, 2, 3, 17, 192]) {
        compareWithBisection(norm, hardCases(400, size, 7 + size));
      }
    });

    it(`${norm.name}: and on images of 3,072 numbers`, () => {
      compareWithBisection(norm, hardCases(40, 3072, 3));
    });
  }

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
