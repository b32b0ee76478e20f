import { type Attack, type Engine, type HostArray, type TrajectoryObserver, type Variables } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { attackExamples, attackScene, type AttackScene, type SceneOptions } from './subjects/attack-scene.js';
import { linearNetwork } from './subjects/linear-network.js';
import { ruggedVariables, smallNetwork } from './subjects/small-network.js';
import { cpuEngine, expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import { recordPasses } from './support/record-passes.js';
import {
  allToHost,
  expectClose,
  expectFinite,
  expectSame,
  isSame,
  rows,
  toHost,
  type Arrays,
} from './support/values.js';

/** An attack and what it claims. */
export interface AttackRow extends ContractRow {
  create(): Attack | Promise<Attack>;
  /** Norm of the ball that the epsilon of an example is the radius of. */
  readonly norm: 'linf' | 'l2';
  readonly usesGradient: boolean;
  /** Whether another seed gives another result. */
  readonly stochastic: boolean;
  /** How often an iterate is updated in one run; as often as there is a backward pass unless told otherwise. */
  readonly updates?: number;
  /**
   * How near a gradient attack in linf comes to the optimum of a linear network, per pixel, in parts of epsilon;
   * 0.001 unless told otherwise. Steps that do not reach across the ball from any start need more.
   */
  readonly linearTolerance?: number;
  /**
   * `boundary` for gradient attacks that look for the nearest misclassified image and not for the highest loss;
   * they need not reach the optimum of a linear network.
   */
  readonly searches?: 'loss' | 'boundary';
  /** Whether it makes fewer passes than it declares once nothing is left to break. */
  readonly mayStopEarly?: boolean;
}

const classes = 5;
const all = [0, 1, 2, 3, 4, 5];

/** Declares the tests that every attack must pass. */
export function attackContract(row: AttackRow): void {
  suite(row, 'attack', (it) => {
    it('describes itself', async () => {
      const attack = await row.create();
      expect(attack.description, 'description').to.be.a('string').that.is.not.empty;
      expect(attack.epsilon, 'epsilon').to.be.above(0).and.at.most(10);
      for (const passes of [attack.passes.forward, attack.passes.backward]) {
        expect(Number.isInteger(passes) && passes >= 0, `a whole number of passes, not ${passes}`).to.be.true;
      }
      if (!row.usesGradient) expect(attack.passes.backward, 'backward passes').to.equal(0);
    });

    it("stays in each example's own ball and in [0, 1]", () =>
      onNetwork(row, async (scene, { examples }) => {
        const { adversarial } = await scene.run();
        const { images, epsilon } = examples;
        expect(adversarial.shape).to.deep.equal(images.shape);
        expectFinite(adversarial, 'adversarial images');
        all.forEach((index) => {
          const after = rows(adversarial, [index]).data;
          const change = distance(row.norm, after, rows(images, [index]).data);
          const radius = epsilon.data[index]!;
          expect(change, `${row.norm} distance of example ${index} of radius ${radius}`).to.be.at.most(
            radius * (1 + 1e-5) + 2e-7,
          );
          after.forEach((value) => expect(value, 'pixel').to.be.within(0, 1));
        });
      }));

    it('returns the clean image when epsilon is 0', () =>
      onNetwork(row, async (scene, { examples }) => {
        const { adversarial } = await scene.run();
        const untouched = all.filter((index) => examples.epsilon.data[index] === 0);
        expectSame(rows(adversarial, untouched), rows(examples.images, untouched), 'images of radius 0');
      }));

    it('changes images when epsilon is not 0', () =>
      onNetwork(row, async (scene, { examples }) => {
        const { adversarial } = await scene.run();
        expect(isSame(adversarial, examples.images), 'adversarial images are the clean ones').to.be.false;
      }));

    it(`repeats for the same seed${row.stochastic ? ', and only for the same' : ', and for any other'}`, () =>
      onNetwork(row, async (scene, options) => {
        const first = await scene.run({ seed: 3 });
        expectSame((await scene.run({ seed: 3 })).adversarial, first.adversarial, 'second run');
        const another = attackScene({ ...options, attack: await row.create() });
        expectSame((await another.run({ seed: 3 })).adversarial, first.adversarial, 'run of a second attack');
        const reseeded = await another.run({ seed: 4 });
        await another.dispose();
        expect(isSame(reseeded.adversarial, first.adversarial), 'another seed gives the same').to.equal(
          !row.stochastic,
        );
      }));

    it('leaves parameters, statistics and its inputs untouched', () =>
      onNetwork(row, async (scene, { examples, variables }) => {
        const { images, labels, epsilon } = examples;
        const copies = (network: Variables) =>
          Promise.all([{ images, labels, epsilon }, network.parameters, network.statistics].map(copy));
        const before = await copies(variables);
        await scene.run();
        const after = await copies(scene.victim.current());
        before.forEach((arrays, index) => {
          for (const [name, array] of Object.entries(arrays)) expectSame(after[index]![name]!, array, name);
        });
      }));

    it('gives an example the same result however batches are cut', () =>
      onNetwork(row, async (scene) => {
        const whole = await scene.run();
        for (const indices of [[0], [5, 1], [2, 3, 4]]) {
          const part = await scene.run({ indices });
          expectClose(
            part.adversarial,
            rows(whole.adversarial, indices),
            1e-6,
            `examples ${indices.join(', ')}`,
          );
        }
      }));

    it('never does worse than the clean image on a linear network', () =>
      onLinearNetwork(row, async (scene, { examples, network }) => {
        const { adversarial } = await scene.run();
        all.forEach((index) => {
          const label = examples.labels.data[index]!;
          const clean = network.loss(rows(examples.images, [index]).data, label);
          const attacked = network.loss(rows(adversarial, [index]).data, label);
          expect(attacked, `loss of example ${index}`).to.be.at.least(clean - 1e-5);
        });
      }));

    if (row.usesGradient && row.norm === 'linf' && row.searches !== 'boundary') {
      it('reaches the optimum of a linear network', () =>
        onLinearNetwork(row, async (scene, { examples, network }) => {
          const { adversarial } = await scene.run();
          const { images, labels, epsilon } = examples;
          const { ascent } = network;
          adversarial.data.forEach((value, index) => {
            const example = Math.floor(index / ascent.length);
            const radius = epsilon.data[example]!;
            const direction =
              Math.sign(ascent[index % ascent.length]!) * (labels.data[example] === 0 ? 1 : -1);
            const optimum = Math.min(Math.max(images.data[index]! + radius * direction, 0), 1);
            const allowed = radius * (row.linearTolerance ?? 1e-3) + 1e-6;
            expect(value, `pixel ${index} of example ${example}`).to.be.closeTo(optimum, allowed);
          });
        }));
    }

    it('costs the passes it declares', async () => {
      const { attack, passes } = await watchedRun(row);
      const evaluations = passes.filter(({ kind }) => kind === 'evaluate').length;
      const forwards = evaluations + passes.filter(({ kind }) => kind === 'logits').length;
      if (row.mayStopEarly) {
        expect(forwards, 'forward passes of one run').to.be.at.most(attack.passes.forward);
        expect(evaluations, 'backward passes of one run').to.be.at.most(attack.passes.backward);
        return;
      }
      expect({ forward: forwards, backward: evaluations }, 'passes of one run').to.deep.equal({
        ...attack.passes,
      });
    });

    it('shows observers each iterate before its update, the start included and the last one not', async () => {
      const { attack, passes, counted, adversarial } = await watchedRun(row);
      const observed = passes.filter(({ kind }) => kind === 'observe');
      if (!attack.reportsIterates) {
        expect(observed, 'observed iterates of an attack that reports none').to.be.empty;
        return;
      }
      const evaluated = passes.filter(({ kind }) => kind !== 'observe');
      const updates = row.updates ?? attack.passes.backward;
      expect(observed.length, 'observed iterates').to.equal(updates);
      expectSame(
        observed[0]!.images,
        evaluated[0]!.images,
        'first observed iterate, which must be the start',
      );
      let next = 0;
      observed.forEach(({ images, logits }, index) => {
        const at = evaluated.findIndex((pass, i) => i >= next && isSame(pass.images, images));
        if (at < 0) expect.fail(`observed iterate ${index} is not one that was evaluated, in that order`);
        if (updates === evaluated.length) expect(at, `place of observed iterate ${index}`).to.equal(index);
        expectSame(logits, evaluated[at]!.logits, `logits of observed iterate ${index}`);
        next = at + 1;
      });
      if (!row.stochastic && updates > 0) {
        expect(isSame(observed.at(-1)!.images, adversarial), 'the result was observed').to.be.false;
      }
      expect([...counted], 'iterates in the accumulators that the attack returned').to.deep.equal(
        all.map(() => updates),
      );
    });

    it('leaves no tensor behind', () => onNetwork(row, (scene) => expectNoLeak(() => scene.run())));
  });
}

const copy = (arrays: Arrays): Promise<Record<string, HostArray>> => allToHost(arrays);

async function onNetwork(
  row: AttackRow,
  test: (scene: AttackScene, options: SceneOptions) => Promise<void>,
): Promise<void> {
  await withEngine(row, async (engine) => {
    const attack = await row.create();
    const options = { engine, attack, ...convolutional(attack) };
    const scene = attackScene(options);
    await test(scene, options);
    await scene.dispose();
  });
}

function convolutional(attack: Attack): Pick<SceneOptions, 'model' | 'variables' | 'examples'> {
  const model = smallNetwork(classes);
  return {
    model,
    variables: ruggedVariables(model),
    examples: attackExamples(model, attack.epsilon, classes),
  };
}

async function onLinearNetwork(
  row: AttackRow,
  test: (
    scene: AttackScene,
    subject: { examples: SceneOptions['examples']; network: ReturnType<typeof linearNetwork> },
  ) => Promise<void>,
): Promise<void> {
  await withEngine(row, async (engine) => {
    const attack = await row.create();
    const network = linearNetwork(classes);
    const { model, variables } = network;
    const examples = attackExamples(model, attack.epsilon, 2);
    const scene = attackScene({ engine, attack, model, variables, examples });
    await test(scene, { examples, network });
    await scene.dispose();
  });
}

/** Counts iterates per example. */
const counter: TrajectoryObserver = {
  start: ({ epsilon }) => ({ count: tf.zerosLike(epsilon) }),
  observe: ({ count }) => ({ count: tf.add(count!, 1) }),
};

/** One run before the cpu backend, which shows every pass. */
async function watchedRun(row: AttackRow) {
  const engine: Engine = await cpuEngine();
  const attack = await row.create();
  const recorder = recordPasses();
  const scene = attackScene({
    engine,
    attack,
    ...convolutional(attack),
    observers: { counter },
    watch: (victim) => recorder.watch(victim),
  });
  const { adversarial, trajectory } = await scene.run();
  const passes = await recorder.take();
  await engine.dispose();
  const count = trajectory['counter/count'];
  if (count === undefined) throw new Error('the attack does not return the accumulators it was given');
  return { attack, passes, adversarial, counted: (await toHost(count)).data };
}

function distance(norm: AttackRow['norm'], one: ArrayLike<number>, other: ArrayLike<number>): number {
  const differences = Array.from(one, (value, index) => Math.abs(value - other[index]!));
  return norm === 'linf' ? Math.max(...differences) : Math.hypot(...differences);
}
