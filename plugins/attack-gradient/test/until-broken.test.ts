import { randomStream, type Attack, type Engine, type TrajectoryObserver } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { cw } from '../src/cw.js';
import { miFgsm } from '../src/mi-fgsm.js';
import { pgd, type PgdOptions } from '../src/pgd.js';
import { attackLinear, batchOf, cpuEngine, linearModel, pixels, weights } from './linear-victim.js';

const options: PgdOptions = {
  epsilon: 0.3,
  norm: 'linf',
  steps: 4,
  stepSize: 0.1,
  start: 'none',
  startDeviation: 0.001,
  restarts: 1,
  keep: 'last',
};
const grey = (count: number): number[] => new Array<number>(count * pixels).fill(0.5);

/** Right about an image while the sum of two waves is below 0: whether it breaks depends on the start. */
const wavy: typeof linearModel = {
  ...linearModel,
  name: 'wavy',
  apply: ({ parameters, statistics }, images) => {
    const flat = tf.reshape(images, [-1, pixels]) as tf.Tensor2D;
    const along = tf.matMul(flat, tf.tensor2d(weights, [pixels, 1]));
    const wave = tf.sub(tf.add(tf.cos(tf.mul(along, 9)), tf.cos(tf.mul(tf.mean(flat, 1, true), 31))), 1.2);
    const nothing = tf.mul(tf.sum(parameters['fc.weight']!), 0);
    return { logits: tf.concat([tf.zerosLike(wave), tf.add(wave, nothing)], 1) as tf.Tensor2D, statistics };
  },
};

/** At which iterate the network was first wrong; −1 for never. */
const firstWrong: TrajectoryObserver = {
  start: ({ labels }) => ({ seen: tf.zeros([labels.shape[0]]), first: tf.fill([labels.shape[0]], -1) }),
  observe: ({ seen, first }, { logits, batch }) => {
    const wrong = tf.notEqual(tf.cast(tf.argMax(logits, 1), 'int32'), batch.labels);
    return {
      seen: tf.add(seen!, 1),
      first: tf.where(tf.logicalAnd(wrong, tf.less(first!, 0)), seen!, first!),
    };
  },
};

describe('ascents of an evaluation, which asks only whether examples break', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  /** Examples of all calls of compiled steps. */
  async function examplesStepped(attack: Attack, untilBroken: boolean, epsilon: number[]): Promise<number[]> {
    const calls: number[] = [];
    const labels = epsilon.map(() => 0);
    await attackLinear(engine, attack, batchOf(grey(epsilon.length), labels, epsilon), {
      untilBroken,
      onStep: (examples) => calls.push(examples),
    });
    return calls;
  }

  // logit difference of the grey image is 1.3, a step of 0.1 takes 0.78 off it: two steps break the label 0
  const half = [0.3, 0.3, 0.3, 0.3, 0, 0, 0, 0];

  it('attack again only what the tries before have not broken', async () => {
    const tries = pgd({ ...options, restarts: 3 });
    expect(await examplesStepped(tries, true, half)).to.deep.equal([
      ...new Array<number>(5).fill(8),
      ...new Array<number>(10).fill(4),
    ]);
    const whole = new Array<number>(15).fill(8);
    expect(await examplesStepped(tries, false, half), 'training').to.deep.equal(whole);
  });

  it('leave between steps where every iterate counts', async () => {
    const best = pgd({ ...options, keep: 'best' });
    // x_0 and x_1 are right, x_2 breaks
    expect(await examplesStepped(best, true, half)).to.deep.equal([8, 8, 8, 4, 4]);
    expect(await examplesStepped(best, false, half), 'training').to.deep.equal([8, 8, 8, 8, 8]);
    const again = await examplesStepped(pgd({ ...options, keep: 'best', restarts: 2 }), true, [0.3, 0.3]);
    expect(again, 'nothing is left').to.deep.equal([2, 2, 2]);
  });

  it('make as many calls as ever where one try and its last iterate count', async () => {
    expect(await examplesStepped(pgd(options), true, half)).to.deep.equal([8, 8, 8, 8]);
  });

  const random = { ...options, epsilon: 0.25, stepSize: 0.06, start: 'uniform', restarts: 3 } as const;
  const l2Random = { ...random, norm: 'l2', epsilon: 0.4, stepSize: 0.1 } as const;
  const attacks: Readonly<Record<string, Attack>> = {
    'pgd, last': pgd(random),
    'pgd, best': pgd({ ...random, keep: 'best' }),
    'pgd in l2, last': pgd(l2Random),
    'pgd in l2, best': pgd({ ...l2Random, keep: 'best' }),
    'cw, best': cw({ ...random, keep: 'best', confidence: 50 }),
    'cw in l2, last': cw({ ...l2Random, confidence: 50 }),
    'mi-fgsm, last': miFgsm({ ...random, decay: 1 }),
    'mi-fgsm in l2, best': miFgsm({ ...l2Random, decay: 1, keep: 'best' }),
  };
  const count = 40;
  const images = Array.from(randomStream(5).uniform(count * pixels));

  for (const [name, attack] of Object.entries(attacks)) {
    it(`${name}: break what they break without leaving, whatever the batches`, async () => {
      const radius = Array.from({ length: count }, (_, row) => (attack.epsilon * row) / count);
      const batch = batchOf(images, new Array<number>(count).fill(0), radius);
      const run = async (more: Parameters<typeof attackLinear>[3]) => {
        const found = await attackLinear(engine, attack, batch, { model: wavy, ...more });
        const values = await found.adversarial.read();
        const wrong = wrongAbout(values as Float32Array);
        return { values, wrong };
      };
      const whole = await run({});
      const left = await run({ untilBroken: true });
      expect(left.wrong).to.deep.equal(whole.wrong);
      const broken = whole.wrong.filter(Boolean).length;
      expect(broken, 'broken of all').to.be.within(1, count - 1);
      const standing = Array.from(whole.values, (_, index) => index).filter(
        (index) => !whole.wrong[Math.floor(index / pixels)],
      );
      expect(standing.map((index) => left.values[index])).to.deep.equal(
        standing.map((index) => whole.values[index]),
      );
      const inSevens = await run({ untilBroken: true, batchSize: 7 });
      expect(Array.from(inSevens.values)).to.deep.equal(Array.from(left.values));
    });
  }

  it('tell the step of the try that broke an example, of the first try where none did', async () => {
    const labels = new Array<number>(count).fill(0);
    const batch = batchOf(
      images,
      labels,
      labels.map(() => random.epsilon),
    );
    const firsts = async (attack: Attack, more: Parameters<typeof attackLinear>[3]) => {
      const found = await attackLinear(engine, attack, batch, {
        model: wavy,
        observer: firstWrong,
        ...more,
      });
      const entry = Object.entries(found.trajectory).find(([name]) => name.endsWith('first'))!;
      const wrong = wrongAbout((await found.adversarial.read()) as Float32Array);
      return { steps: Array.from(await entry[1].read()), wrong };
    };
    const all = await firsts(pgd(random), { untilBroken: true });
    const single = pgd({ ...random, restarts: 1 });
    const seed = randomStream(0);
    const tries = [
      await firsts(single, {}),
      await firsts(single, { random: seed.derive('restart', 1) }),
      await firsts(single, { random: seed.derive('restart', 2) }),
    ];
    const expected = labels.map((_, row) => (tries.find(({ wrong }) => wrong[row]) ?? tries[0]!).steps[row]);
    expect(all.steps).to.deep.equal(expected);
    const later = labels.filter((_, row) => !tries[0]!.wrong[row] && all.wrong[row]);
    expect(later.length, 'examples that a later try broke').to.be.above(0);
  });
});

/** Which images the wavy network takes for class 1. */
function wrongAbout(values: Float32Array): boolean[] {
  return tf.tidy(() => {
    const images = tf.tensor4d(values, [values.length / pixels, 2, 3, 1]);
    const parameters = { 'fc.weight': tf.zeros([2, pixels]) };
    const { logits } = wavy.apply({ parameters, statistics: {} }, images, 'eval');
    return Array.from(tf.argMax(logits, 1).dataSync(), (found) => found === 1);
  });
}
