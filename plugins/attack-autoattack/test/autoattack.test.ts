import { batchSizes, type Attack, type Engine, type Victim } from '@ard/core';
import { describeOptions } from '@ard/core/host';
import { expect } from 'chai';
import { autoattack, autoattackComponent, type AutoAttackOptions } from '../src/autoattack.js';
import plugin from '../src/index.js';
import { attacked, cpuEngine, randomImages, randomNetwork } from './subjects.js';

const options: AutoAttackOptions = {
  epsilon: 0.08,
  norm: 'linf',
  attacks: ['apgd-ce', 'apgd-t', 'fab-t', 'square'],
  iterations: 5,
  restarts: 1,
  targets: 9,
  queries: 20,
  rescaleSchedule: false,
  gradientSamples: 1,
  batchSize: 0,
};
const shape = { height: 3, width: 4, channels: 2 };

describe('AutoAttack', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });
  const scene = (seed = 1) => ({
    engine,
    model: randomNetwork(shape, 5, seed),
    images: randomImages(shape, 24, seed + 1),
    epsilon: 0.08,
  });

  it('leaves robust exactly what every member leaves robust', async () => {
    for (const seed of [1, 2, 3]) {
      const together = await attacked(autoattack(options), scene(seed));
      const alone = await Promise.all(
        options.attacks.map((name) => attacked(autoattack({ ...options, attacks: [name] }), scene(seed))),
      );
      together.robust.forEach((robust, row) =>
        expect(robust).to.equal(alone.every((member) => member.robust[row])),
      );
      expect(together.robust).to.include(true);
      expect(together.robust).to.include(false);
    }
  });

  it('names the first attack that breaks an example', async () => {
    const together = await attacked(autoattack(options), scene());
    const alone = await Promise.all(
      options.attacks.map((name) => attacked(autoattack({ ...options, attacks: [name] }), scene())),
    );
    together.breaks!.forEach((found, row) => {
      const first = alone.findIndex((member) => !member.robust[row]);
      expect(found?.attack).to.equal(options.attacks[first]);
      if (found) expect(found.step).to.equal(alone[first]!.breaks![row]!.step);
    });
  });

  it('gives the same images whatever the batch size', async () => {
    const whole = await attacked(autoattack(options), scene());
    for (const batchSize of [1, 7, 16]) {
      const cut = await attacked(autoattack({ ...options, batchSize }), scene());
      expect(cut.robust).to.deep.equal(whole.robust);
      cut.values.forEach((value, index) => expect(value).to.be.closeTo(whole.values[index]!, 1e-6));
    }
  });

  it('shows misclassified examples to no attack', async () => {
    const given = scene();
    const { labels } = await attacked(autoattack(options), given);
    const wrong = labels.map((label) => (label + 1) % 5);
    const { values, breaks } = await attacked(autoattack(options), { ...given, labels: wrong });
    values.forEach((value, index) => expect(value).to.be.closeTo(given.images[index]!, 1e-7));
    expect(new Set(breaks)).to.deep.equal(new Set([undefined]));
  });

  it('costs less the less robust the network is, and compiles few shapes', async () => {
    const rowsOf = async (epsilon: number): Promise<{ rows: number; shapes: Set<number> }> => {
      let rows = 0;
      const shapes = new Set<number>();
      const watch = (victim: Victim): Victim => ({
        ...victim,
        compile(name, step) {
          const compiled = victim.compile(name, step);
          return (inputs) => {
            const { batch } = inputs as { batch?: { labels: { shape: number[] } } };
            const size = batch?.labels.shape[0] ?? 0;
            rows += size;
            if (size > 0) shapes.add(size);
            return compiled(inputs);
          };
        },
      });
      await attacked(autoattack(options), { ...scene(), epsilon, watch });
      return { rows, shapes };
    };
    const [sturdy, weak] = [await rowsOf(0.005), await rowsOf(0.5)];
    expect(weak.rows).to.be.below(sturdy.rows / 5);
    for (const size of [...sturdy.shapes, ...weak.shapes]) expect(size).to.be.oneOf([24, 18, 12, 6]);
  });

  it('pads by a third at most until few are left', () => {
    const sizes = batchSizes(128);
    expect([128, 97, 96, 65, 64, 33, 17, 9, 4, 1].map((count) => sizes.fitting(count))).to.deep.equal([
      128, 128, 96, 96, 64, 64, 32, 16, 4, 4,
    ]);
    expect(batchSizes(1).fitting(1)).to.equal(1);
    expect(batchSizes(6).fitting(2)).to.equal(5);
  });

  it('has the members of methods.md 6.5 and 6.9', async () => {
    const of = async (variant: string) => {
      const given = autoattackComponent.options
        .strict()
        .parse(autoattackComponent.variants![variant]!.options);
      return { given, attack: (await autoattackComponent.create(given)) as Attack };
    };
    const standard = await of('standard');
    expect(standard.attack.description).to.equal(
      'AutoAttack standard linf, epsilon 8/255, apgd-ce, apgd-t, fab-t, square, 100 iterations',
    );
    // clean, APGD 101, targeted APGD 9 × 101, FAB 9 × 100 × 2, Square 5001; half of FAB's passes are forward only
    expect(standard.attack.passes).to.deep.equal({
      forward: 1 + 101 + 909 + 1800 + 5001,
      backward: 101 + 909 + 900,
    });
    expect((await of('l2')).attack.description).to.match(/^AutoAttack standard l2, epsilon 0.5/);
    expect((await of('plus')).given).to.include({ restarts: 5 });
    expect((await of('rand')).given.attacks).to.deep.equal(['apgd-ce', 'apgd-dlr']);
    expect((await of('rand')).given).to.include({ gradientSamples: 20 });
    const torch = await of('torchattacks');
    expect(torch.given).to.include({ iterations: 10, targets: 'all', rescaleSchedule: true });
    expect(torch.attack.description).to.match(/^AutoAttack, not standard/);
    expect((await of('custom')).attack.description).to.match(/^AutoAttack, not standard/);
  });

  it('refuses a radius in linf that no pixel can move, and says what is meant', () => {
    expect(() => autoattack({ ...options, epsilon: 8 })).to.throw('autoattack: epsilon 8 exceeds');
    expect(() => autoattack({ ...options, norm: 'l2', epsilon: 8 })).not.to.throw();
  });

  it('runs in l2', async () => {
    const attack = autoattack({ ...options, norm: 'l2' });
    const given = { ...scene(), epsilon: 0.3 };
    const { values, robust } = await attacked(attack, given);
    expect(robust).to.include(false);
    const size = 24;
    for (let row = 0; row < 24; row++) {
      const change = values
        .slice(row * size, (row + 1) * size)
        .map((v, i) => v - given.images[row * size + i]!);
      expect(Math.hypot(...change)).to.be.at.most(0.3 + 1e-6);
    }
  });

  it('gives every option a default and a meaning', async () => {
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
});
