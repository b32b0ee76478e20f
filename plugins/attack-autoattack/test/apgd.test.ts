import { batchSizes, type Engine, type Victim } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { apgd, type ApgdOptions } from '../src/apgd/apgd.js';
import { apgdMember } from '../src/apgd/apgd-member.js';
import { checkpoints } from '../src/apgd/checkpoints.js';
import {
  differenceOfLogitsRatio,
  targetedDifferenceOfLogitsRatio,
} from '../src/losses/difference-of-logits-ratio.js';
import { linf } from '../src/norms/linf.js';
import { attacked, cpuEngine, formula, linear, randomImages, randomNetwork } from './subjects.js';

const options: ApgdOptions = {
  epsilon: 0.1,
  norm: 'linf',
  loss: 'ce',
  iterations: 20,
  restarts: 1,
  targets: 9,
  gradientSamples: 1,
  start: 'boundary',
  stopWhenBroken: false,
  batchSize: 0,
};
const dot = { height: 1, width: 1, channels: 1 };
const shape = { height: 3, width: 2, channels: 1 };

describe('APGD', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('looks back after the iterations of methods.md 6.6', () => {
    const at = (iterations: number) => checkpoints(iterations).map(({ iteration }) => iteration);
    expect(at(100)).to.deep.equal([22, 41, 57, 70, 80, 87, 93, 99]);
    expect(at(50)).to.deep.equal([11, 21, 30, 38, 45]);
    expect(at(20)).to.deep.equal([4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(at(10)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('has the losses of the oracle', () => {
    const logits = tf.tensor2d([
      [2, 1, 0.1, -1],
      [0.5, 1.5, 1, 0],
    ]);
    const hot = (classes: number[]) => tf.oneHot(tf.tensor1d(classes, 'int32'), 4) as tf.Tensor2D;
    const untargeted = differenceOfLogitsRatio(logits, hot([0, 2])).dataSync();
    expect(untargeted[0]).to.be.closeTo(-0.526316, 1e-6);
    expect(untargeted[1]).to.be.closeTo(0.5, 1e-6);
    const targeted = targetedDifferenceOfLogitsRatio(logits, hot([0, 2]), hot([1, 0])).dataSync();
    expect(targeted[0]).to.be.closeTo(-0.408163, 1e-6);
    expect(targeted[1]).to.be.closeTo(-0.4, 1e-6);
  });

  it('differentiates the ratios as finite differences do', () => {
    const values = [2, 1, 0.1, -1, 0.4];
    const label = tf.oneHot([1], 5) as tf.Tensor2D;
    const target = tf.oneHot([4], 5) as tf.Tensor2D;
    for (const loss of [
      (z: tf.Tensor2D) => differenceOfLogitsRatio(z, label),
      (z: tf.Tensor2D) => targetedDifferenceOfLogitsRatio(z, label, target),
    ]) {
      const gradient = tf
        .grad((z) => tf.sum(loss(z as tf.Tensor2D)))(tf.tensor2d([values]))
        .dataSync();
      values.forEach((_, index) => {
        const at = (shift: number) =>
          loss(tf.tensor2d([values.map((value, k) => value + (k === index ? shift : 0))])).dataSync()[0]!;
        expect(gradient[index]).to.be.closeTo((at(1e-2) - at(-1e-2)) / 2e-2, 1e-3);
      });
    }
  });

  it('retraces the 1-D example iteration by iteration', async () => {
    const model = formula(dot, 2, (pixels) =>
      tf.concat([tf.zerosLike(pixels), tf.mul(tf.cos(tf.mul(tf.sub(pixels, 0.53), 20)), 3)], 1),
    );
    const seen: Record<string, number>[] = [];
    const member = apgdMember('apgd-ce', {
      ...options,
      norm: { ...linf, boundaryNoise: () => Float32Array.of(-0.5) },
      randomStart: true,
    });
    // shows the state that goes into each step and comes out of it
    const watch = (victim: Victim): Victim => ({
      ...victim,
      compile(name, step) {
        const compiled = victim.compile(name, step);
        return async (inputs) => {
          const outputs = await compiled(inputs);
          const before = (inputs as { state?: Record<string, { read(): Promise<ArrayLike<number>> }> }).state;
          if (before) {
            const after = outputs as unknown as typeof before;
            seen.push({
              iterate: (await before.iterate!.read())[0]!,
              loss: (await after.previousLoss!.read())[0]!,
              best: (await after.bestLoss!.read())[0]!,
              step: (await after.stepSize!.read())[0]!,
            });
          }
          return outputs;
        };
      },
    });
    const attack = {
      ...apgd(options),
      prepare: (victim: Victim) => {
        const search = member.prepare(victim);
        return async (
          batch: Parameters<ReturnType<ReturnType<typeof apgd>['prepare']>>[0],
          run: Parameters<ReturnType<ReturnType<typeof apgd>['prepare']>>[1],
        ) => {
          const cleanLogits = { ...batch.labels, data: new Float32Array(2), shape: [1, 2] };
          const found = await search({ ...batch, ids: run.ids, cleanLogits } as never, {
            random: run.random,
            sizes: batchSizes(1),
          });
          return { adversarial: found.images, trajectory: run.trajectory };
        };
      },
    };
    await attacked(attack, { engine, model, images: [0.5], labels: [0], epsilon: 0.1, watch });

    // the start is at 0.5 + 0.1 · (−0.5) = 0.45
    expect(seen).to.have.length(21);
    expect(seen[0]!.iterate).to.be.closeTo(0.45, 1e-6);
    trace.forEach(([iterate, loss, best, step], index) => {
      const at = seen[index + 1]!;
      expect(at.iterate, `x_${index + 1}`).to.be.closeTo(iterate, 2e-6);
      expect(at.loss, `loss ${index + 1}`).to.be.closeTo(loss, 2e-5);
      expect(at.best, `best ${index + 1}`).to.be.closeTo(best, 2e-5);
      expect(at.step, `step ${index + 1}`).to.be.closeTo(step, 1e-8);
    });
  });

  it('finds the optimum of a linear network for each loss and norm', async () => {
    const weights = [
      [1, -2, 0.5, 0.3, -0.7, 1.5],
      [-1, 2, -0.5, -0.3, 0.7, -1.5],
      ...Array.from({ length: 2 }, () => new Array<number>(6).fill(0)),
    ];
    const model = linear(shape, weights, [0, 0, -4, -5]);
    const images = new Array<number>(6).fill(0.5);
    const direction = weights[0]!.map((weight) => -Math.sign(weight));
    const length = Math.hypot(...weights[0]!);
    for (const loss of ['ce', 'dlr', 'dlr-targeted'] as const) {
      const square = await attacked(apgd({ ...options, loss, targets: 1 }), {
        engine,
        model,
        images,
        labels: [0],
        epsilon: 0.1,
      });
      square.values.forEach((value, index) =>
        expect(value).to.be.closeTo(0.5 + 0.1 * direction[index]!, 1e-5),
      );
      const round = await attacked(apgd({ ...options, loss, norm: 'l2', iterations: 100, targets: 1 }), {
        engine,
        model,
        images,
        labels: [0],
        epsilon: 0.3,
      });
      round.values.forEach((value, index) =>
        expect(value).to.be.closeTo(0.5 - (0.3 * weights[0]![index]!) / length, 1e-3),
      );
    }
  });

  it('never lets the best loss fall, on random networks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const best: number[][] = [];
        const watch = (victim: Victim): Victim => ({
          ...victim,
          compile(name, step) {
            const compiled = victim.compile(name, step);
            return async (inputs) => {
              const outputs = await compiled(inputs);
              const { bestLoss } = outputs as unknown as Record<string, { read(): Promise<Float32Array> }>;
              if (bestLoss) best.push(Array.from(await bestLoss.read()));
              return outputs;
            };
          },
        });
        const model = randomNetwork(shape, 4, seed);
        const images = randomImages(shape, 3, seed);
        const { values } = await attacked(apgd({ ...options, iterations: 8 }), {
          engine,
          model,
          images,
          epsilon: 0.2,
          seed,
          watch,
        });
        best
          .slice(1)
          .forEach((losses, index) =>
            losses.forEach((loss, row) => expect(loss).to.be.at.least(best[index]![row]!)),
          );
        values.forEach((value, index) => {
          expect(value).to.be.within(0, 1);
          expect(Math.abs(value - images[index]!)).to.be.at.most(0.2 + 1e-6);
        });
      }),
      { numRuns: 8 },
    );
  });

  it('refuses losses that compare more classes than there are, and says what to do', () => {
    const model = linear(dot, [[1], [-1]], [0, 0]);
    expect(() =>
      apgd({ ...options, loss: 'dlr' }).prepare({
        shape: dot,
        classes: model.classes,
        compile: () => undefined as never,
      }),
    ).to.throw(/dlr compares the 3 best classes, but the network has 2/);
  });
});

/** Iterate, loss, best loss and step after the check: methods.md 6.6. */
const trace: readonly (readonly [number, number, number, number])[] = [
  [0.6, 0.980252, 0.980252, 0.2],
  [0.4875, 2.109289, 2.109289, 0.2],
  [0.54375, 2.941506, 2.941506, 0.2],
  [0.45, 0.650307, 2.941506, 0.1],
  [0.46875, 1.325599, 2.941506, 0.1],
  [0.525, 3.034316, 3.034316, 0.1],
  [0.595313, 1.160373, 3.034316, 0.05],
  [0.5625, 2.47607, 3.034316, 0.05],
  [0.534375, 3.037658, 3.037658, 0.05],
  [0.489844, 2.20073, 3.037658, 0.025],
  [0.515625, 2.93165, 3.037658, 0.025],
  [0.529688, 3.048532, 3.048532, 0.025],
  [0.551953, 2.779529, 3.048532, 0.0125],
  [0.539062, 3.001831, 3.048532, 0.0125],
  [0.532031, 3.04623, 3.048532, 0.00625],
  [0.532031, 3.04623, 3.048532, 0.003125],
  [0.532031, 3.04623, 3.048532, 0.0015625],
  [0.530859, 3.048165, 3.048532, 0.0015625],
  [0.52998, 3.048587, 3.048587, 0.0015625],
  [0.530933, 3.04809, 3.048587, 0.00078125],
];
