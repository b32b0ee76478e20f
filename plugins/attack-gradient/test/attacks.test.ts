import { hostArray, type Attack, type Engine } from '@ard/core';
import { describeOptions } from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { fgsm, fgsmComponent } from '../src/fgsm.js';
import plugin from '../src/index.js';
import { pgd, pgdComponent, type PgdOptions } from '../src/pgd.js';
import { startKinds } from '../src/start-point.js';
import { attackLinear, batchOf, cpuEngine, linearModel, pixels, towards, valuesOf } from './linear-victim.js';

const train10: PgdOptions = {
  epsilon: '8/255',
  steps: 10,
  stepSize: '2/255',
  start: 'uniform',
  startDeviation: 0.001,
  norm: 'linf',
  restarts: 1,
  keep: 'last',
};
const grey = (count: number): number[] => new Array<number>(count * pixels).fill(0.5);

describe('attack-gradient', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  describe('pgd', () => {
    it('reaches the known optimum of a linear classifier', async () => {
      const epsilon = 8 / 255;
      const batch = batchOf(grey(2), [0, 1], [epsilon, epsilon]);
      const found = await valuesOf(await attackLinear(engine, pgd({ ...train10, start: 'none' }), batch));
      const best = [...towards(0), ...towards(1)].map((sign) => 0.5 + epsilon * sign);
      found.forEach((value, index) => expect(value).to.be.closeTo(best[index]!, 1e-6));
    });

    it('takes steps of stepSize along the sign, and none where the gradient is 0', async () => {
      const batch = batchOf(grey(1), [0], [0.5]);
      const attack = pgd({ ...train10, start: 'none', steps: 3, stepSize: 0.01 });
      const found = await valuesOf(await attackLinear(engine, attack, batch));
      towards(0).forEach((sign, index) => expect(found[index]).to.be.closeTo(0.5 + 0.03 * sign, 1e-6));
      expect(found[3]).to.equal(0.5);
    });

    it('scales the step of each example, where a class knob asks for it', async () => {
      const plain = batchOf(grey(2), [0, 0], [0.5, 0.5]);
      const stepScale = hostArray(Float32Array.of(1, 0.5), [2]);
      const attack = pgd({ ...train10, start: 'none', steps: 3, stepSize: 0.01 });
      const found = await valuesOf(await attackLinear(engine, attack, { ...plain, stepScale }));
      const signs = towards(0);
      signs.forEach((sign, index) => expect(found[index]).to.be.closeTo(0.5 + 0.03 * sign, 1e-6));
      signs.forEach((sign, index) => expect(found[pixels + index]).to.be.closeTo(0.5 + 0.015 * sign, 1e-6));
    });

    it("makes the double step of DAFA's script when asked to: the second leaves the example's own ball", async () => {
      const batch = batchOf(grey(1), [0], [0.01]);
      const stepScale = hostArray(Float32Array.of(0.5), [1]);
      const options = { ...train10, start: 'none', steps: 1, epsilon: 0.1, stepSize: 0.02 } as const;
      const one = await valuesOf(await attackLinear(engine, pgd(options), { ...batch, stepScale }));
      const two = await valuesOf(
        await attackLinear(engine, pgd({ ...options, doubleStep: true }), { ...batch, stepScale }),
      );
      towards(0).forEach((sign, index) => {
        expect(one[index]).to.be.closeTo(0.5 + 0.01 * sign, 1e-6);
        expect(two[index]).to.be.closeTo(0.5 + 0.03 * sign, 1e-6);
      });
    });

    it('applies the ball first and the pixel box second', async () => {
      const batch = batchOf([0, 1, 0.02, 0.99, 0.5, 0.5], [1], [0.05]);
      const attack = pgd({ ...train10, start: 'none', stepSize: 0.1 });
      const found = await valuesOf(await attackLinear(engine, attack, batch));
      [0.05, 0.95, 0.07, 0.99, 0.55, 0.45].forEach((value, index) =>
        expect(found[index]).to.be.closeTo(value, 1e-6),
      );
    });

    it('stays in the ball of each example and in [0, 1], from every start', async () => {
      const unit = fc.float({ min: 0, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(
          fc.array(unit, { minLength: 2 * pixels, maxLength: 2 * pixels }),
          fc.tuple(unit, unit),
          fc.constantFrom(...startKinds),
          fc.integer({ min: 0, max: 1000 }),
          async (images, epsilon, start, seed) => {
            const attack = pgd({ ...train10, steps: 2, stepSize: 0.3, start, startDeviation: 0.5 });
            const found = await valuesOf(
              await attackLinear(engine, attack, batchOf(images, [0, 1], epsilon), { seed }),
            );
            found.forEach((value, index) => {
              const radius = epsilon[Math.floor(index / pixels)]!;
              expect(value).to.be.within(0, 1);
              expect(Math.abs(value - images[index]!)).to.be.at.most(radius + 1e-6);
            });
          },
        ),
        { numRuns: 40 },
      );
    });

    it('treats an example the same in any batch and at any place in it', async () => {
      const images = Array.from({ length: 3 * pixels }, (_, index) => (index % 11) / 10);
      const [labels, epsilon] = [
        [0, 1, 1],
        [0.1, 0.2, 0],
      ];
      const attack = pgd({ ...train10, steps: 2 });
      const whole = await valuesOf(
        await attackLinear(engine, attack, batchOf(images, labels, epsilon), { ids: [7, 3, 5] }),
      );
      const order = [2, 0, 1];
      const rows = (values: readonly number[]): number[] =>
        order.flatMap((row) => values.slice(row * pixels, (row + 1) * pixels));
      const permuted = batchOf(
        rows(images),
        order.map((row) => labels[row]!),
        order.map((row) => epsilon[row]!),
      );
      expect(await valuesOf(await attackLinear(engine, attack, permuted, { ids: [5, 7, 3] }))).to.deep.equal(
        rows(whole),
      );
      const alone = batchOf(images.slice(pixels, 2 * pixels), [1], [0.2]);
      expect(await valuesOf(await attackLinear(engine, attack, alone, { ids: [3] }))).to.deep.equal(
        whole.slice(pixels, 2 * pixels),
      );
    });

    it('repeats for a seed and differs for another', async () => {
      const attack = pgd({ ...train10, steps: 1, stepSize: 0.001 });
      const run = async (seed: number): Promise<number[]> =>
        valuesOf(await attackLinear(engine, attack, batchOf(grey(1), [0], [0.1]), { seed }));
      expect(await run(0)).to.deep.equal(await run(0));
      expect(await run(0)).not.to.deep.equal(await run(1));
    });

    it('shows observers every iterate before its update: the start, and not the result', async () => {
      const batch = batchOf(grey(1), [0], [0.5]);
      const observer = {
        start: () => ({ count: tf.zeros([1]), sum: tf.zeros([1]) }),
        observe: (seen: Readonly<Record<string, tf.Tensor>>, { images }: { images: tf.Tensor4D }) => ({
          count: tf.add(seen.count!, 1),
          sum: tf.add(seen.sum!, tf.sum(tf.sub(images, 0.5))),
        }),
      };
      const attack = pgd({ ...train10, start: 'none', steps: 3, stepSize: 0.01 });
      const { trajectory } = await attackLinear(engine, attack, batch, { observer });
      expect(Array.from(await trajectory['watcher/count']!.read())).to.deep.equal([3]);
      // displacements of x_0, x_1 and x_2 are 0, 1 and 2 steps, each summed over the six pixels
      const perStep = 0.01 * towards(0).reduce((sum, sign) => sum + sign);
      expect((await trajectory['watcher/sum']!.read())[0]).to.be.closeTo(3 * perStep, 1e-5);
    });

    it('stops with an error when the gradient is not finite', async () => {
      const broken = { ...linearModel, init: () => nanWeights() };
      let message = '';
      try {
        await attackLinear(engine, pgd(train10), batchOf(grey(1), [0], [0.1]), { model: broken });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).to.match(/pgd-step: the gradient of the attack is not finite/);
    });

    it('leaves no tensor behind', async () => {
      const before = tf.memory().numTensors;
      await attackLinear(engine, pgd(train10), batchOf(grey(2), [0, 1], [0.1, 0.1]));
      expect(tf.memory().numTensors).to.equal(before);
    });
  });

  describe('starting points', () => {
    /** x_0 as the observers see it, summed over the pixels of each of 64 examples on white images. */
    async function firstIterates(start: PgdOptions['start'], startDeviation = 0.001): Promise<number[]> {
      const examples = 64;
      const white = new Array<number>(examples * pixels).fill(1);
      const zeros = new Array<number>(examples).fill(0);
      const epsilon = zeros.map(() => 0.25);
      const observer = {
        start: () => ({ first: tf.zeros([examples, pixels]) }),
        observe: (_: Readonly<Record<string, tf.Tensor>>, { images }: { images: tf.Tensor4D }) => ({
          first: tf.reshape(images, [examples, pixels]),
        }),
      };
      const attack = pgd({ ...train10, steps: 1, start, startDeviation });
      const { trajectory } = await attackLinear(engine, attack, batchOf(white, zeros, epsilon), { observer });
      return Array.from(await trajectory['watcher/first']!.read());
    }
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value) / values.length;

    it('none: the clean image', async () => {
      expect(new Set(await firstIterates('none'))).to.deep.equal(new Set([1]));
    });

    it('uniform: fills the ball and leaves the pixel box', async () => {
      const values = await firstIterates('uniform');
      expect(Math.min(...values)).to.be.within(0.75, 0.77);
      expect(Math.max(...values)).to.be.within(1.23, 1.25);
      expect(mean(values)).to.be.closeTo(1, 0.03);
    });

    it('uniform-clipped: the same cut to [0, 1]', async () => {
      const [open, cut] = [await firstIterates('uniform'), await firstIterates('uniform-clipped')];
      expect(cut).to.deep.equal(open.map((value) => Math.min(value, 1)));
    });

    it('gaussian: of the given deviation, whatever the radius', async () => {
      const noise = (await firstIterates('gaussian', 0.001)).map((value) => value - 1);
      expect(mean(noise)).to.be.closeTo(0, 2e-4);
      expect(Math.sqrt(mean(noise.map((value) => value ** 2)))).to.be.closeTo(0.001, 2e-4);
    });
  });

  describe('fgsm', () => {
    it('takes one step of the radius of each example', async () => {
      const batch = batchOf(grey(2), [0, 1], [0.1, 0.2]);
      const attack = fgsm({ epsilon: '8/255', start: 'none', startDeviation: 0.001 });
      const found = await valuesOf(await attackLinear(engine, attack, batch));
      const best = [
        ...towards(0).map((sign) => 0.5 + 0.1 * sign),
        ...towards(1).map((sign) => 0.5 + 0.2 * sign),
      ];
      found.forEach((value, index) => expect(value).to.be.closeTo(best[index]!, 1e-6));
    });

    it('projects a step from a random start back into the ball', async () => {
      const batch = batchOf(grey(1), [0], [0.1]);
      const attack = fgsm({ epsilon: '8/255', start: 'uniform', startDeviation: 0.001 });
      const found = await valuesOf(await attackLinear(engine, attack, batch));
      found.forEach((value) => expect(Math.abs(value - 0.5)).to.be.at.most(0.1 + 1e-6));
    });
  });

  it('says its setting in words', () => {
    expect(pgd(train10).description).to.equal('PGD linf, epsilon 8/255, 10 steps of 2/255, start uniform');
    expect(pgd(train10).epsilon).to.equal(8 / 255);
    expect(pgd(train10).passes).to.deep.equal({ forward: 10, backward: 10 });
  });

  it('accepts the options of every variant, and gives every option a default and a meaning', async () => {
    for (const component of plugin.components) {
      for (const option of describeOptions(component.options)) {
        expect(option.default, `${component.id}.${option.name}`).not.to.equal(undefined);
        expect(option.meaning, `${component.id}.${option.name}`).not.to.equal('');
      }
      for (const [name, variant] of Object.entries(component.variants ?? {})) {
        const parsed = component.options.strict().parse(variant.options);
        expect(await component.create(parsed), name).to.be.an('object');
      }
    }
  });

  it('has the constants of methods.md 6.2', async () => {
    const pgdOf = async (variant: string): Promise<Attack> => {
      const { options } = pgdComponent.variants![variant]!;
      return (await pgdComponent.create(pgdComponent.options.parse(options))) as Attack;
    };
    const words = async (variant: string): Promise<string> => (await pgdOf(variant)).description;
    expect(await words('train10')).to.equal('PGD linf, epsilon 8/255, 10 steps of 2/255, start uniform');
    expect(await words('s')).to.equal('PGD linf, epsilon 8/255, 20 steps of 2/255, start uniform');
    expect(await words('t')).to.equal('PGD linf, epsilon 8/255, 20 steps of 0.003, start uniform-clipped');
    expect(await words('trades')).to.equal('PGD linf, epsilon 0.031, 20 steps of 0.003, start uniform');
    expect(await words('gairat')).to.equal(
      'PGD linf, epsilon 0.031, 20 steps of 0.031/4, start uniform-clipped',
    );
    expect((await pgdOf('gairat')).epsilon).to.equal(0.031);
    expect(fgsmComponent.variants!['fair-ard']!.options).to.deep.equal({ start: 'gaussian' });
  });
});

function nanWeights(): ReturnType<typeof linearModel.init> {
  const { parameters, statistics } = linearModel.init(undefined as never);
  const weight = parameters['fc.weight'] as unknown as { data: Float32Array };
  weight.data.fill(NaN);
  return { parameters, statistics };
}
