import { hostArray, randomStream, type Attack, type Component, type Engine } from '@ard/core';
import { createVictim } from '@ard/core/host';
import { crossEntropy } from '@ard/nn';
import autoattackPlugin from '@ard/plugin-attack-autoattack';
import gradientPlugin from '@ard/plugin-attack-gradient';
import onnxPlugin from '@ard/plugin-engine-onnx';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';
import { cpuEngine, shape, tinyModel } from '../support/tiny-parts.js';

const count = 24;
const size = shape.height * shape.width * shape.channels;

/** Attacks that between them use every step rule, norm and search. */
const attacks: readonly (readonly [string, Record<string, unknown>])[] = [
  ['pgd', { norm: 'l2', epsilon: 0.3, stepSize: 0.1, restarts: 2, keep: 'best' }],
  ['cw', { steps: 5 }],
  ['mi-fgsm', {}],
  ['friendly-pgd', { steps: 5 }],
  ['apgd', { loss: 'dlr', iterations: 10 }],
  ['apgd', { norm: 'l2', epsilon: 0.3, iterations: 10 }],
  ['fab', { iterations: 5, targets: 2 }],
  ['fab', { norm: 'l2', epsilon: 0.3, iterations: 5, targeted: false }],
  ['square', { queries: 30 }],
  ['autoattack', { iterations: 5, queries: 20, attacks: ['apgd-ce', 'apgd-dlr', 'fab', 'square'] }],
];

/** Values of the tiny network away from its initialisation, so that it tells the classes apart. */
const model = tinyModel();
const initial = model.init(randomStream(3));
const variables = {
  ...initial,
  parameters: {
    ...initial.parameters,
    'fc.weight': hostArray(randomStream(4).normal(12, 0, 6), [3, 4]),
  },
};

async function create(id: string, options: Record<string, unknown>): Promise<Attack> {
  const components: readonly Component[] = [...gradientPlugin.components, ...autoattackPlugin.components];
  const component = components.find((each) => each.kind === 'attack' && each.id === id)!;
  return (await component.create(component.options.parse(options))) as Attack;
}

async function run(engine: Engine, attack: Attack): Promise<{ images: number[]; wrong: boolean[] }> {
  const victim = createVictim({
    engine,
    model,
    variables,
    mode: 'eval',
    objective: {
      references: [],
      perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
    },
  });
  const dimensions = [count, shape.height, shape.width, shape.channels];
  const predict = async (images: ReturnType<typeof hostArray>): Promise<Int32Array> => {
    const logits = await (await victim.cleanLogits(images)).read();
    return Int32Array.from({ length: count }, (_, row) => {
      const own = [...logits.subarray(3 * row, 3 * row + 3)];
      return own.indexOf(Math.max(...own));
    });
  };
  const images = hostArray(randomStream(6).uniform(count * size), dimensions);
  const labels = await predict(images);
  const { adversarial } = await attack.prepare(victim)(
    {
      images,
      labels: hostArray(labels, [count]),
      epsilon: hostArray(new Float32Array(count).fill(attack.epsilon), [count]),
      references: {},
    },
    {
      random: randomStream(1),
      ids: Int32Array.from({ length: count }, (_, index) => index),
      trajectory: {},
    },
  );
  const result = hostArray((await adversarial.read()).slice(), dimensions);
  const predictions = await predict(result);
  await victim.dispose();
  return {
    images: Array.from(result.data),
    wrong: Array.from(labels, (label, row) => predictions[row] !== label),
  };
}

describe('attacks on compiled and on eager engines', () => {
  let [eager, onnx]: Engine[] = [];
  before(async () => {
    eager = await cpuEngine();
    onnx = await makeComponent(onnxPlugin, 'engine', 'onnx');
  });
  after(async () => {
    await eager?.dispose();
    await onnx?.dispose();
  });

  for (const [id, options] of attacks) {
    it(`${id} ${JSON.stringify(options)}: the same verdicts, and the same images but for rounding`, async () => {
      const attack = await create(id, options);
      const [here, there] = [await run(eager!, attack), await run(onnx!, attack)];
      expect(there.wrong).to.deep.equal(here.wrong);
      const far = here.images.filter((value, index) => Math.abs(value - there.images[index]!) > 1e-4);
      // where a gradient is 0 but for rounding, its sign is anybody's guess
      expect(far.length / here.images.length, 'share of pixels that differ').to.be.below(0.03);
    });
  }
});
