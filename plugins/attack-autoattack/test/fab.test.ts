import type { Engine } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { fab, type FabOptions } from '../src/fab/fab.js';
import { fabMove } from '../src/fab/fab-step.js';
import { linf } from '../src/norms/linf.js';
import { attacked, cpuEngine, linear, randomImages, randomNetwork } from './subjects.js';

const options: FabOptions = {
  epsilon: 0.3,
  norm: 'linf',
  targeted: true,
  iterations: 10,
  restarts: 1,
  targets: 9,
  stopWhenBroken: false,
  batchSize: 0,
};
const shape = { height: 1, width: 2, channels: 1 };

describe('FAB', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('makes the step of methods.md 6.7', () => {
    const image = (values: number[]) => tf.tensor4d(values, [1, 1, 2, 1]);
    const moved = fabMove(
      image([0.5, 0.5]),
      image([0.45, 0.5]),
      { difference: tf.tensor1d([-0.6]), gradient: image([2, -1]) },
      linf,
    ).dataSync();
    expect(moved[0]).to.be.closeTo(0.7085, 1e-6);
    expect(moved[1]).to.be.closeTo(0.2865, 1e-6);
  });

  // the boundary 2a − b = 0.9 is 0.4 away in the logit difference: 0.4 / 3 in linf, 0.4 / √5 in l2
  const model = () =>
    linear(
      shape,
      [
        [0, 0],
        [2, -1],
      ],
      [0, -0.9],
    );
  for (const [norm, distance] of [
    ['linf', 0.4 / 3],
    ['l2', 0.4 / Math.sqrt(5)],
  ] as const) {
    for (const targeted of [true, false]) {
      it(`finds the distance of a linear boundary, ${norm}, ${targeted ? '' : 'un'}targeted`, async () => {
        const images = [0.5, 0.5];
        const { values, robust } = await attacked(fab({ ...options, norm, targeted, iterations: 50 }), {
          engine,
          model: model(),
          images,
          labels: [0],
          epsilon: 0.3,
        });
        const change = values.map((value, index) => value - images[index]!);
        const length = norm === 'l2' ? Math.hypot(...change) : Math.max(...change.map(Math.abs));
        expect(robust).to.deep.equal([false]);
        expect(length).to.be.within(distance - 1e-6, distance * 1.01);
      });
    }
  }

  it('returns the clean image where the boundary is outside the ball', async () => {
    const { values, breaks } = await attacked(fab(options), {
      engine,
      model: model(),
      images: [0.5, 0.5],
      labels: [0],
      epsilon: 0.12,
    });
    expect(values).to.deep.equal([0.5, 0.5]);
    expect(breaks).to.deep.equal([undefined]);
  });

  it('breaks an example exactly where its nearest image lies inside the ball', async () => {
    const network = randomNetwork({ height: 2, width: 3, channels: 1 }, 4, 3);
    const images = randomImages(network.shape, 12, 4);
    const given = { engine, model: network, images };
    const stopping = await attacked(fab({ ...options, stopWhenBroken: true }), { ...given, epsilon: 0.06 });
    const searching = await attacked(fab(options), { ...given, epsilon: 0.06 });
    expect(stopping.robust).to.deep.equal(searching.robust);
    expect(stopping.robust).to.include(true);
    expect(stopping.robust).to.include(false);
    stopping.breaks!.forEach((found, row) => expect(found === undefined).to.equal(stopping.robust[row]));
  });

  it('never finds a nearer image with fewer tries', async () => {
    const network = randomNetwork({ height: 2, width: 3, channels: 1 }, 4, 5);
    const images = randomImages(network.shape, 6, 4);
    const distances = async (targets: number, restarts: number): Promise<number[]> => {
      const { values } = await attacked(fab({ ...options, targets, restarts }), {
        engine,
        model: network,
        images,
        epsilon: 1,
      });
      return Array.from({ length: 6 }, (_, row) =>
        Math.max(...values.slice(6 * row, 6 * row + 6).map((v, i) => Math.abs(v - images[6 * row + i]!))),
      );
    };
    const [one, all, twice] = [await distances(1, 1), await distances(3, 1), await distances(3, 2)];
    one.forEach((distance, row) => {
      if (distance > 0) expect(all[row]).to.be.at.most(distance);
      if (all[row]! > 0) expect(twice[row]).to.be.at.most(all[row]!);
    });
  });
});
