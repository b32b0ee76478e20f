import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { hostArray, randomStream, type Attack, type BatchSource, type Engine, type Model } from '@ard/core';
import { createEvaluator, runChecks, sanityChecks, type CheckResult } from '@ard/core/host';
import attackGradient from '@ard/plugin-attack-gradient';
import { cpuEngine, crossEntropyObjective } from '../support/tiny-parts.js';

const shape = { height: 2, width: 2, channels: 1 };
const pixels = 4;

/** Logits from pixels, without variables. */
function network(classes: number, logits: (pixels: tf.Tensor2D) => tf.Tensor2D): Model {
  return {
    name: 'formula',
    shape,
    classes,
    variables: [],
    init: () => ({ parameters: {}, statistics: {} }),
    apply: ({ statistics }, images) => ({ logits: logits(tf.reshape(images, [-1, pixels])), statistics }),
  };
}

/** Bright against dark: nothing wrong with it. */
const honest = (x: tf.Tensor2D): tf.Tensor2D => {
  const brightness = tf.sub(tf.mean(x, 1, true), 0.5);
  return tf.concat([tf.mul(brightness, -4), tf.mul(brightness, 4)], 1);
};

/** Half dark (class 0) and half bright (class 1). */
const grey = [0.2, 0.8, 0.3, 0.7, 0.25, 0.75, 0.35, 0.65];
const batches: BatchSource = {
  count: grey.length,
  stepsPerEpoch: 1,
  classCounts: [],
  batch: () =>
    Promise.resolve({
      ids: Int32Array.from(grey.keys()),
      images: hostArray(
        Float32Array.from({ length: grey.length * pixels }, (_, at) => grey[Math.floor(at / pixels)]!),
        [grey.length, 2, 2, 1],
      ),
      labels: hostArray(
        Int32Array.from(grey, (value) => (value > 0.5 ? 1 : 0)),
        [grey.length],
      ),
    }),
};

type Settings = { readonly epsilon: number; readonly steps: number };

/** An attack that moves nothing, for verdicts made by hand. */
function still(changes: Partial<Attack> = {}): Attack {
  return {
    epsilon: 0.1,
    passes: { forward: 1, backward: 1 },
    reportsIterates: false,
    description: 'still',
    prepare: () => (batch, run) => Promise.resolve({ adversarial: batch.images, trajectory: run.trajectory }),
    ...changes,
  };
}

/** Makes the first `count` images of a batch the opposite. */
function inverting(count: number, changes: Partial<Attack> = {}): Attack {
  return still({
    epsilon: 1,
    prepare: () => async (batch, run) => {
      const values = Float32Array.from(await batch.images.read());
      for (let at = 0; at < count * pixels; at++) values[at] = 1 - values[at]!;
      return { adversarial: hostArray(values, batch.images.shape), trajectory: run.trajectory };
    },
    ...changes,
  });
}

const pgd = attackGradient.components.find(({ id }) => id === 'pgd')!;
const realProbe = async (settings: object): Promise<Attack> =>
  (await pgd.create(pgd.options.parse({ ...settings, keep: 'best' }))) as Attack;

describe('sanity checks', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  async function checked(
    model: Model,
    options: {
      attacks?: Record<string, Attack>;
      probe?: (settings: Settings) => Promise<Attack>;
    } = {},
  ): Promise<readonly CheckResult[]> {
    const { attacks = { still: still() }, probe = realProbe } = options;
    const named = Object.entries(attacks).map(([id, attack]) => ({ id, attack }));
    const variables = { parameters: {}, statistics: {} };
    const evaluator = createEvaluator({
      engine,
      model,
      attacks: named,
      objective: crossEntropyObjective,
      random: randomStream(0),
    });
    const evaluation = await evaluator.run(variables, batches);
    await evaluator.dispose();
    const attackList = Object.values(attacks);
    return await runChecks({
      engine,
      model,
      variables,
      evaluation,
      attacks: attackList,
      batches,
      samples: 8,
      seed: 0,
      probe,
    });
  }
  const failed = (results: readonly CheckResult[]): string[] =>
    results.filter(({ passed }) => !passed).map(({ id }) => id);

  it('all pass for an honest network', async () => {
    const results = await checked(network(2, honest), {
      attacks: { pgd: inverting(3), square: inverting(1) },
    });
    expect(failed(results)).to.deep.equal([]);
    expect(results.map(({ id }) => id)).to.deep.equal(
      sanityChecks.map(({ id }) => id).filter((id) => id !== 'classes-for-dlr'),
    );
  });

  it('randomness: a network that draws random numbers', async () => {
    const noisy = network(2, (x) => tf.add(honest(x), tf.randomNormal([x.shape[0], 2], 0, 0.01)));
    expect(failed(await checked(noisy))).to.include('randomness');
  });

  it('softmax-outputs: a network that ends in a softmax', async () => {
    const results = await checked(network(2, (x) => tf.softmax(honest(x))));
    expect(failed(results)).to.include('softmax-outputs');
  });

  it('zero-gradients: a network that rounds its input', async () => {
    const rounding = network(2, (x) => honest(tf.round(x)));
    // saturation and probes suffer too, and the number is marked for more than one reason
    expect(failed(await checked(rounding))).to.include.members(['zero-gradients', 'saturated-cross-entropy']);
  });

  it('saturated-cross-entropy: logits so large that the loss is exactly 0', async () => {
    const results = failed(await checked(network(2, (x) => tf.mul(honest(x), 1e4))));
    expect(results).to.include('saturated-cross-entropy').and.not.include('zero-gradients');
  });

  it('square-beats-gradients: Square breaks what gradients could not', async () => {
    const attacks = { pgd: still(), square: inverting(4) };
    expect(failed(await checked(network(2, honest), { attacks }))).to.deep.equal(['square-beats-gradients']);
    // one image of a few says nothing
    const few = { pgd: still(), square: inverting(1) };
    expect(failed(await checked(network(2, honest), { attacks: few }))).to.deep.equal([]);
  });

  it('classes-for-dlr: a part that needs more classes than there are did not run', async () => {
    const parts = [
      { id: 'apgd-ce', attack: still() },
      { id: 'apgd-t', attack: still({ leastClasses: 4 }) },
    ];
    const results = await checked(network(2, honest), { attacks: { autoattack: still({ parts }) } });
    expect(failed(results)).to.deep.equal(['classes-for-dlr']);
    const four = network(4, (x) =>
      tf.concat([honest(x), tf.sub(tf.mul(tf.slice(x, [0, 0], [-1, 2]), 0.1), 9)], 1),
    );
    const enough = await checked(four, { attacks: { autoattack: still({ parts }) } });
    expect(enough.find(({ id }) => id === 'classes-for-dlr')!.passed).to.equal(true);
  });

  const probes = (broken: (settings: Settings) => number) => ({
    probe: (settings: Settings) => Promise.resolve(inverting(broken(settings))),
  });

  it('monotone-steps: more steps break fewer images', async () => {
    const backwards = probes(({ epsilon, steps }) => (epsilon === 1 ? 8 : steps === 5 ? 6 : 2));
    expect(failed(await checked(network(2, honest), backwards))).to.deep.equal(['monotone-steps']);
  });

  it('monotone-epsilon: a larger ball breaks fewer images', async () => {
    const backwards = probes(({ epsilon }) => (epsilon === 1 ? 8 : epsilon > 0.15 ? 1 : 5));
    expect(failed(await checked(network(2, honest), backwards))).to.deep.equal(['monotone-epsilon']);
  });

  it('epsilon-one: an attack fails where every image is allowed', async () => {
    const weak = probes(({ epsilon }) => (epsilon === 1 ? 7 : 4));
    expect(failed(await checked(network(2, honest), weak))).to.deep.equal(['epsilon-one']);
  });

  it('ask nothing about gradients where no attack uses them', async () => {
    const blackBox = still({ passes: { forward: 1, backward: 0 } });
    const results = await checked(network(2, honest), { attacks: { square: blackBox } });
    expect(results.map(({ id }) => id)).to.deep.equal(['randomness', 'softmax-outputs']);
  });
});
