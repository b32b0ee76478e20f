import { randomStream, type Attack, type Engine } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { cw, cwComponent } from '../src/cw.js';
import { friendlyPgd } from '../src/friendly-pgd.js';
import { l2 } from '../src/l2.js';
import { miFgsm } from '../src/mi-fgsm.js';
import { marginObjective } from '../src/objectives/margin.js';
import { pgd, pgdComponent, type PgdOptions } from '../src/pgd.js';
import { momentum } from '../src/rules/momentum.js';
import { linf } from '../src/linf.js';
import {
  attackLinear,
  batchOf,
  cpuEngine,
  linearModel,
  pixels,
  towards,
  valuesOf,
  weights,
} from './linear-victim.js';

const options: PgdOptions = {
  epsilon: 0.1,
  norm: 'linf',
  steps: 10,
  stepSize: 0.02,
  start: 'none',
  startDeviation: 0.001,
  restarts: 1,
  keep: 'last',
};
const grey = (count: number): number[] => new Array<number>(count * pixels).fill(0.5);
const length = Math.hypot(...weights);

/** Logits (0, 3 · cos(20 (mean − 0.53))): a loss with hills and valleys along the mean of the pixels. */
const hilly: typeof linearModel = {
  ...linearModel,
  name: 'hilly',
  apply: ({ parameters, statistics }, images) => {
    const mean = tf.mean(tf.reshape(images, [-1, pixels]), 1, true);
    const hill = tf.mul(tf.cos(tf.mul(tf.sub(mean, 0.53), 20)), 3);
    // the weights count for nothing, but belong to the model
    const nothing = tf.mul(tf.sum(parameters['fc.weight']!), 0);
    return { logits: tf.concat([tf.zerosLike(hill), tf.add(hill, nothing)], 1) as tf.Tensor2D, statistics };
  },
};

describe('ascents', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });
  const run = async (
    attack: Attack,
    batch: ReturnType<typeof batchOf>,
    more: Parameters<typeof attackLinear>[3] = {},
  ): Promise<number[]> => valuesOf(await attackLinear(engine, attack, batch, more));

  describe('in l2', () => {
    it('reach the point of the ball that a linear classifier is worst at', async () => {
      const found = await run(pgd({ ...options, norm: 'l2' }), batchOf(grey(1), [0], [0.1]));
      found.forEach((value, index) =>
        expect(value).to.be.closeTo(0.5 - (0.1 * weights[index]!) / length, 1e-5),
      );
    });

    it('project along the ray from the image, then into [0, 1]', () => {
      const image = tf.fill([1, 1, 2, 1], 0.5) as tf.Tensor4D;
      const far = tf.tensor4d([3.5, 4.5], [1, 1, 2, 1]);
      expect(Array.from(l2.project(far, image, tf.tensor1d([1])).dataSync())).to.deep.equal(
        [1.1, 1.3].map(Math.fround),
      );
      const near = tf.tensor4d([0.6, 0.5], [1, 1, 2, 1]);
      expect(Array.from(l2.project(near, image, tf.tensor1d([1])).dataSync())[0]).to.be.closeTo(0.6, 1e-7);
    });

    it('start uniformly in the ball: half of the volume lies within 2^(−1/size) of the radius', () => {
      const ids = Int32Array.from({ length: 4000 }, (_, index) => index);
      const points = l2.uniform(randomStream(1), ids, 3);
      const radii = Array.from(ids, (id) => Math.hypot(...points.subarray(3 * id, 3 * id + 3)));
      expect(Math.max(...radii)).to.be.at.most(1 + 1e-6);
      const inside = radii.filter((radius) => radius < 2 ** (-1 / 3)).length / ids.length;
      expect(inside).to.be.closeTo(0.5, 0.03);
      expect(l2.uniform(randomStream(1), Int32Array.of(7), 3)).to.deep.equal(points.slice(21, 24));
    });

    it('do not move where the gradient is 0', () => {
      expect(Array.from(l2.ascent(tf.zeros([1, 1, 2, 1])).dataSync())).to.deep.equal([0, 0]);
    });
  });

  describe('that keep the best iterate', () => {
    // from 0.5 steps of 0.025 go over the top at 0.53 and come back for ever
    const overshooting = { ...options, steps: 8, stepSize: 0.025 };
    const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / pixels;
    const top = (values: readonly number[]) => Math.cos(20 * (meanOf(values) - 0.53));

    it('end at the highest point on the way', async () => {
      const batch = batchOf(grey(1), [0], [0.1]);
      for (let steps = 1; steps <= 6; steps++) {
        const ends = await Promise.all(
          Array.from({ length: steps }, async (_, index) =>
            top(await run(pgd({ ...overshooting, steps: index + 1 }), batch, { model: hilly })),
          ),
        );
        const best = await run(pgd({ ...overshooting, steps, keep: 'best' }), batch, { model: hilly });
        expect(top(best)).to.be.closeTo(Math.max(...ends), 1e-6);
      }
    });

    it('never do worse with more restarts, whichever iterate they keep', async () => {
      const batch = batchOf(grey(1), [0], [0.4]);
      for (const keep of ['last', 'best'] as const) {
        const random = { ...overshooting, epsilon: 0.4, steps: 2, keep, start: 'uniform' as const };
        const reached = await Promise.all(
          [1, 2, 4].map(async (restarts) =>
            top(await run(pgd({ ...random, restarts }), batch, { model: hilly })),
          ),
        );
        expect(reached[1]).to.be.at.least(reached[0]! - 1e-6);
        expect(reached[2]).to.be.at.least(reached[1]! - 1e-6);
      }
    });

    it('say what they cost', () => {
      expect(pgd({ ...options, keep: 'best' }).passes).to.deep.equal({ forward: 11, backward: 11 });
      expect(pgd({ ...options, restarts: 5 }).passes).to.deep.equal({ forward: 55, backward: 55 });
      expect(pgd({ ...options, restarts: 5, keep: 'best' }).description).to.equal(
        'PGD linf, epsilon 0.1, 10 steps of 0.02, start none, 5 restarts, best iterate',
      );
    });
  });

  it('mi-fgsm adds gradients of size 1 to a decaying sum', () => {
    const rule = momentum(0.5);
    const gradient = tf.tensor4d([3, -1], [1, 1, 2, 1]);
    const seen = { gradient, logits: tf.zeros([1, 2]) as tf.Tensor2D, batch: {} as never, ball: linf };
    const first = rule.advance(seen, { velocity: tf.zeros([1, 1, 2, 1]) });
    expect(Array.from(first.memory.velocity!.dataSync())).to.deep.equal([0.75, -0.25]);
    const against = { ...seen, gradient: tf.tensor4d([-1, -1], [1, 1, 2, 1]) };
    const second = rule.advance(against, first.memory);
    // 0.5 · (0.75, −0.25) + (−0.5, −0.5)
    expect(Array.from(second.memory.velocity!.dataSync())).to.deep.equal([-0.125, -0.625]);
    expect(Array.from(second.move.dataSync())).to.deep.equal([-1, -1]);
  });

  it('mi-fgsm reaches the edge of each ball with its last step', async () => {
    const attack = miFgsm({
      epsilon: 0.1,
      norm: 'linf',
      steps: 4,
      decay: 1,
      start: 'none',
      startDeviation: 0.001,
      restarts: 1,
      keep: 'last',
    });
    const found = await run(attack, batchOf(grey(2), [0, 1], [0.1, 0.3]));
    const best = [
      ...towards(0).map((sign) => 0.5 + 0.1 * sign),
      ...towards(1).map((sign) => 0.5 + 0.3 * sign),
    ];
    found.forEach((value, index) => expect(value).to.be.closeTo(best[index]!, 1e-6));
  });

  describe('friendly-pgd', () => {
    // logit difference of the grey image is 2 · 1.3 · 0.5 = 1.3; a step of 0.1 takes 2 · 0.39 off it
    const friendly = (extraSteps: number | number[], raiseAt: number[] = []) =>
      friendlyPgd({
        epsilon: 0.5,
        norm: 'linf',
        steps: 5,
        stepSize: 0.1,
        extraSteps,
        raiseAt,
        start: 'none',
        startDeviation: 0.001,
      });
    const stepsTaken = async (extraSteps: number, label: number): Promise<number> => {
      const found = await run(friendly(extraSteps), batchOf(grey(1), [label], [0.5]));
      return Math.round(Math.abs(found[0]! - 0.5) / 0.1);
    };

    it('stops as many steps after the first misclassification as it is told', async () => {
      const clean = weights.reduce((sum, weight) => sum + weight, 0) * 0.5 * 2;
      const perStep = weights.reduce((sum, weight) => sum + Math.abs(weight), 0) * 0.1 * 2;
      const needed = Math.floor(clean / perStep) + 1;
      expect(needed).to.be.below(4);
      expect(await stepsTaken(0, 0)).to.equal(needed);
      expect(await stepsTaken(1, 0)).to.equal(needed + 1);
      expect(await stepsTaken(9, 0)).to.equal(5);
    });

    it('gives what is misclassified from the start only the extra steps', async () => {
      expect(await stepsTaken(0, 1)).to.equal(0);
      expect(await stepsTaken(2, 1)).to.equal(2);
    });

    it('gets less friendly with the epochs of a training; evaluations see the last form', async () => {
      const rising = friendly([0, 1, 3], [50, 90]);
      const taken = async (epoch?: number): Promise<number> => {
        const found = await run(rising, batchOf(grey(1), [1], [0.5]), epoch === undefined ? {} : { epoch });
        return Math.round(Math.abs(found[0]! - 0.5) / 0.1);
      };
      expect([
        await taken(0),
        await taken(49),
        await taken(50),
        await taken(89),
        await taken(90),
      ]).to.deep.equal([0, 0, 1, 1, 3]);
      expect(await taken()).to.equal(3);
      expect(() => friendly([0, 1], [])).to.throw('extraSteps has 2 entries and raiseAt 0 epochs');
    });
  });

  it('cw is PGD on the margin, whatever the objective of the run', async () => {
    const batch = batchOf(grey(1), [0], [0.1]);
    const margin = marginObjective({ confidence: 50 });
    const viaObjective = await run(pgd(options), batch, { model: hilly, objective: margin });
    expect(await run(cw({ ...options, confidence: 50 }), batch, { model: hilly })).to.deep.equal(
      viaObjective,
    );
  });

  it('refuse lengths in linf beyond the range of a pixel, and say what is meant', () => {
    expect(() => pgd({ ...options, stepSize: 2 })).to.throw('pgd: stepSize 2 exceeds the range of a pixel');
    expect(() => pgd({ ...options, norm: 'l2', epsilon: 3, stepSize: 2 })).not.to.throw();
  });

  it('have the constants of methods.md 6.2 and 6.4', async () => {
    const words = async (component: typeof pgdComponent, variant: string): Promise<string> => {
      const given = component.options.parse(component.variants![variant]!.options);
      return ((await component.create(given)) as Attack).description;
    };
    expect(await words(pgdComponent, 'dafa')).to.equal(
      'PGD linf, epsilon 0.031, 20 steps of 0.003, start uniform, best iterate',
    );
    const cwWords = (text: string) => `C&W linf (margin PGD), epsilon ${text}`;
    expect(await words(cwComponent, 'fair-ard')).to.equal(cwWords('8/255, 20 steps of 2/255, start uniform'));
    expect(await words(cwComponent, 'iad')).to.equal(
      cwWords('8/255, 30 steps of 2/255, start uniform-clipped'),
    );
    expect(await words(cwComponent, 'wat')).to.equal(
      cwWords('0.031, 30 steps of 0.003, start uniform-clipped'),
    );
  });
});
