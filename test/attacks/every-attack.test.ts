import {
  hostArray,
  randomStream,
  type Attack,
  type Component,
  type Engine,
  type Model,
  type Objective,
  type Plugin,
} from '@ard/core';
import { createVictim } from '@ard/core/host';
import { crossEntropy, globalAveragePool, layerBuilder } from '@ard/nn';
import attackGradient from '@ard/plugin-attack-gradient';
import onnxPlugin from '@ard/plugin-engine-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { createRequire } from 'node:module';
import { makeComponent } from '../support/make-component.js';
import { cpuEngine } from '../support/tiny-parts.js';

/** Options that make a setting cheap without changing what it does; each attack has some of them. */
const cheap: Readonly<Record<string, unknown>> = {
  steps: 3,
  iterations: 4,
  queries: 12,
  targets: 2,
  gradientSamples: 2,
};

interface Setting {
  readonly name: string;
  readonly component: Component;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Every attack that comes with ard, and each of its variants and of the choices that options name. */
function settingsOf(component: Component): Setting[] {
  const shape = (component.options as unknown as { shape: Record<string, unknown> }).shape;
  const has = (option: string): boolean => option in shape;
  const small = Object.fromEntries(Object.entries(cheap).filter(([option]) => has(option)));
  const variants = Object.entries(component.variants ?? {}).map(([variant, { options }]) => ({
    name: `${component.id}:${variant}`,
    options: { ...options, ...small },
  }));
  const starts = ['none', 'uniform', 'uniform-clipped', 'gaussian', 'gaussian-clipped', 'boundary'];
  const choices: readonly Record<string, unknown>[] = [
    {},
    ...(has('norm') ? [{ norm: 'l2', epsilon: 0.3, ...(has('stepSize') ? { stepSize: 0.1 } : {}) }] : []),
    ...(has('keep') ? [{ keep: 'best' }] : []),
    ...(has('restarts') ? [{ restarts: 2 }] : []),
    ...(has('start') ? starts.map((start) => ({ start })) : []),
  ];
  const named = choices.map((choice) => ({
    name: [component.id, JSON.stringify(choice)].join(' '),
    options: { ...small, ...choice },
  }));
  return [...named, ...variants]
    .filter(({ options }) => component.options.safeParse(options).success)
    .map((setting) => ({ ...setting, component }));
}

const plainLoss: Objective = {
  references: [],
  perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
};
const targetedComponent = attackGradient.components.find(({ id }) => id === 'targeted')!;
const towardsNext = (await targetedComponent.create(
  targetedComponent.options.parse({ target: 'next' }),
)) as Objective;

const shape = { height: 4, width: 4, channels: 1 };
const classes = 5;
const count = 12;
const size = shape.height * shape.width;

/** Curved everywhere, so that no gradient is 0 but for rounding. */
function smoothModel(): Model {
  const layers = layerBuilder();
  const convolution = layers.conv2d('conv1', { inputs: 1, outputs: 4, kernel: 3, padding: 1 });
  const classifier = layers.linear('fc', { inputs: 4, outputs: classes });
  return layers.model({ name: 'smooth', shape, classes }, (images, pass) =>
    classifier(globalAveragePool(tf.tanh(convolution(images, pass))), pass),
  );
}

const model = smoothModel();
const initial = model.init(randomStream(3));
const variables = {
  ...initial,
  parameters: {
    ...initial.parameters,
    'fc.weight': hostArray(randomStream(4).normal(4 * classes, 0, 6), [classes, 4]),
  },
};

interface Outcome {
  readonly images: readonly number[];
  readonly wrong: readonly boolean[];
}

async function run(
  engine: Engine,
  attack: Attack,
  objective: Objective,
  untilBroken: boolean,
): Promise<Outcome> {
  const victim = createVictim({ engine, model, variables, mode: 'eval', objective });
  const dimensions = [count, shape.height, shape.width, shape.channels];
  const predict = async (images: ReturnType<typeof hostArray>): Promise<Int32Array> => {
    const logits = await (await victim.cleanLogits(images)).read();
    return Int32Array.from({ length: count }, (_, row) => {
      const own = [...logits.subarray(classes * row, classes * (row + 1))];
      return own.indexOf(Math.max(...own));
    });
  };
  const images = hostArray(randomStream(6).uniform(count * size), dimensions);
  const labels = await predict(images);
  // one radius of 0, others of half and of once and a half
  const epsilon = Float32Array.from({ length: count }, (_, row) => (attack.epsilon * (row % 4)) / 2);
  const { adversarial } = await attack.prepare(victim)(
    {
      images,
      labels: hostArray(labels, [count]),
      epsilon: hostArray(epsilon, [count]),
      references: {},
    },
    {
      random: randomStream(1),
      ids: Int32Array.from({ length: count }, (_, index) => index),
      trajectory: {},
      untilBroken,
    },
  );
  const result = hostArray((await adversarial.read()).slice(), dimensions);
  const predictions = await predict(result);
  await victim.dispose();
  const wrong = Array.from(labels, (label, row) => predictions[row] !== label);
  return { images: Array.from(result.data), wrong };
}

const require = createRequire(import.meta.url);
const bundled = (
  require('../../../packages/cli/package.json') as { readonly dependencies: Record<string, string> }
).dependencies;
const attackPlugins = Object.keys(bundled).filter((name) => name.startsWith('@ard/plugin-attack-'));
const components = (
  await Promise.all(
    attackPlugins.map(async (name) => ((await import(name)) as { default: Plugin }).default.components),
  )
)
  .flat()
  .filter(({ kind }) => kind === 'attack');

describe('every attack that comes with ard, on every engine', () => {
  let [eager, onnx]: Engine[] = [];
  before(async () => {
    eager = await cpuEngine();
    onnx = await makeComponent(onnxPlugin, 'engine', 'onnx');
  });
  after(async () => {
    await eager?.dispose();
    await onnx?.dispose();
  });

  async function agree(
    { component, options }: Setting,
    objective: Objective = plainLoss,
    untilBroken = false,
  ): Promise<Outcome> {
    const attack = (await component.create(component.options.parse(options))) as Attack;
    const here = await run(eager!, attack, objective, untilBroken);
    const there = await run(onnx!, attack, objective, untilBroken);
    expect(there.wrong, 'verdicts').to.deep.equal(here.wrong);
    const far = here.images.filter((value, index) => Math.abs(value - there.images[index]!) > 1e-4);
    expect(far.length, 'pixels that differ').to.be.at.most(0.02 * here.images.length);
    return here;
  }

  it('are those of both plugins', () => {
    expect(components.map(({ id }) => id)).to.include.members([
      'pgd',
      'fgsm',
      'cw',
      'mi-fgsm',
      'apgd',
      'fab',
    ]);
  });

  for (const component of components) {
    for (const setting of settingsOf(component)) {
      it(`${setting.name}: the same verdicts and images`, async () => {
        await agree(setting);
      });
    }

    it(`${component.id}: the same when asked only whether examples break`, async () => {
      const setting = settingsOf(component).at(0)!;
      const tries = component.options.safeParse({ ...setting.options, restarts: 2, keep: 'best' });
      await agree(
        { ...setting, ...(tries.success ? { options: tries.data as object } : {}) } as Setting,
        plainLoss,
        true,
      );
    });
  }

  for (const component of attackGradient.components.filter(({ kind }) => kind === 'attack')) {
    it(`${component.id}: the same when targeted${component.id === 'cw' ? ', its objective being its own' : ''}`, async () => {
      const setting = settingsOf(component).at(0)!;
      const untargeted = await agree(setting);
      const targeted = await agree(setting, towardsNext);
      if (component.id === 'cw') expect(targeted).to.deep.equal(untargeted);
      else expect(targeted.images).not.to.deep.equal(untargeted.images);
    });
  }
});
