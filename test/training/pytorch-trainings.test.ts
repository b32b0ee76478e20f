import {
  hostArray,
  randomStream,
  type Engine,
  type HostArray,
  type Model,
  type Plugin,
  type ReweightingStrategy,
  type Variables,
} from '@ard/core';
import { createTrainingEvents, train, trainingOptions, type TrainingParts } from '@ard/core/host';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import fairBat from '@ard/plugin-fair-bat';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import optimSgd from '@ard/plugin-optim-sgd';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';
import { cpuEngine, tinyModel, tinyParts } from '../support/tiny-parts.js';

/**
 * Whole trainings against PyTorch 1.13 in float64, which a script of its own ran after methods.md: inner attack and its
 * batch norm mode, order of the passes, loss, class weights and radii that change after an epoch, phases, state, SGD
 * with Nesterov momentum. Two epochs of three batches; a mistake in one step shows in the losses of the next.
 */

interface Case {
  readonly plugin: Plugin;
  readonly method: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Of the six steps, by PyTorch. */
  readonly losses: readonly number[];
  /** Train-mode passes in all, those of a train-mode attack included: `num_batches_tracked` of PyTorch. */
  readonly passes: number;
}

const cases: readonly Case[] = [
  {
    plugin: methodKd,
    method: 'kd',
    losses: [3.6901302, 1.8285094, 0.9686241, 1.1866056, 0.8742606, 0.3347657],
    passes: 6,
  },
  {
    plugin: methodArd,
    method: 'ard',
    losses: [1.9725578, 1.0875655, 0.5364724, 1.1908283, 0.8344672, 0.1514486],
    passes: 36,
  },
  {
    plugin: methodArd,
    method: 'ard',
    options: { alpha: 0.7, temperature: 3 },
    losses: [1.2115587, 0.871844, 0.8378418, 0.8436197, 0.7341939, 0.5107316],
    passes: 36,
  },
  {
    plugin: methodIad,
    method: 'iad',
    options: { begin: 1 },
    losses: [0.9661552, 0.5336158, 0.3262032, 0.2367402, 0.2047868, 0.079119],
    passes: 45,
  },
  {
    plugin: methodIad,
    method: 'iad',
    options: { begin: 1, labelTerm: 'adversarial-after-begin', alpha: 0.8 },
    losses: [0.7729242, 0.4595883, 0.3113537, 0.4519553, 0.4548235, 0.3969507],
    passes: 42,
  },
  {
    plugin: methodIad,
    method: 'iad-ii',
    options: { begin: 1 },
    losses: [1.0562494, 0.7484257, 0.7576228, 0.5596899, 0.4870622, 0.4684401],
    passes: 33,
  },
  {
    plugin: methodIad,
    method: 'akd2',
    losses: [1.0562494, 0.7484257, 0.7576228, 0.5660095, 0.5311606, 0.5013124],
    passes: 30,
  },
  {
    plugin: methodRslad,
    method: 'rslad',
    losses: [0.3193219, 0.2232693, 0.1936143, 0.1812575, 0.1578512, 0.0778123],
    passes: 12,
  },
  {
    plugin: methodMtard,
    method: 'mtard',
    losses: [0.284376, 0.2027579, 0.1870082, 0.1783913, 0.1591197, 0.0949998],
    passes: 12,
  },
  {
    plugin: methodMtard,
    method: 'b-mtard',
    options: { temperatureRate: 0.01 },
    losses: [0.284376, 0.2022013, 0.185433, 0.1770658, 0.1575668, 0.0936336],
    passes: 12,
  },
  {
    plugin: methodAdaad,
    method: 'adaad',
    options: { adversarialWeight: 0.6 },
    losses: [0.3418899, 0.2489523, 0.2192137, 0.1968901, 0.1749419, 0.0986419],
    passes: 12,
  },
  {
    plugin: methodAdaad,
    method: 'ada-iad',
    options: { begin: 1, temperature: 3 },
    losses: [3.934618, 1.9676677, 0.9274016, 0.8673786, 0.6730842, 0.1960825],
    passes: 21,
  },
  {
    plugin: adversarialTraining,
    method: 'trades',
    losses: [1.5339713, 1.3232494, 1.4792972, 1.1889352, 1.0013604, 0.9074891],
    passes: 18,
  },
  {
    plugin: adversarialTraining,
    method: 'pgd-at',
    losses: [1.5442809, 1.3882832, 1.569232, 1.2495169, 1.0681105, 1.0469957],
    passes: 30,
  },
  {
    plugin: adversarialTraining,
    method: 'mart',
    losses: [2.2056014, 1.8269978, 2.0615584, 2.0765779, 1.6205283, 1.3624432],
    passes: 12,
  },
  {
    plugin: adversarialTraining,
    method: 'gairat',
    options: { begin: 1 },
    losses: [1.5243003, 1.3347446, 1.4548453, 1.2011384, 1.2083001, 1.1467032],
    passes: 6,
  },
  {
    plugin: adversarialTraining,
    method: 'friendly-at',
    losses: [1.5220067, 1.336084, 1.4734103, 1.1965463, 1.0273235, 0.9518852],
    passes: 6,
  },
  {
    plugin: fairBat,
    method: 'bat',
    losses: [1.5804936, 1.3161623, 1.4242414, 1.3535364, 1.0640318, 0.9027044],
    passes: 18,
  },
];

/** Class weights and radii of the first epoch, and those of the second. */
const turning: ReweightingStrategy = {
  needs: {},
  knobs: ['lossWeight', 'epsilon'],
  init: () => null,
  initialKnobs: () => ({ lossWeight: [0.9, 1.6, 1.2], epsilon: [1, 0.7, 1.3] }),
  update: () => ({ state: null, knobs: { lossWeight: [1.1, 0.8, 1.3], epsilon: [0.8, 1.2, 1] } }),
};

/** A network that says something: its initial parameters, three times as large. */
function outspoken(seed: number): { model: Model; variables: Variables } {
  const model = tinyModel();
  const { parameters, statistics } = model.init(randomStream(seed));
  const larger = Object.entries(parameters as Record<string, HostArray>).map(([name, { data, shape }]) => [
    name,
    hostArray(
      Float32Array.from(data, (value) => 3 * value),
      shape,
    ),
  ]);
  return { model, variables: { parameters: Object.fromEntries(larger), statistics } as Variables };
}

async function partsOf(engine: Engine, { plugin, method: id, options }: Case): Promise<TrainingParts> {
  const method = await makeComponent(plugin, 'method', id, options);
  const defaults = method.innerAttack;
  // the divergence from the clean output has no gradient at the clean image; others start there, without any noise
  const fromNoise = defaults?.objective.id === 'kl-to-clean';
  const owner = defaults?.objective.id === 'kl-to-teacher-at-iterate' ? plugin : attackGradient;
  return tinyParts(engine, {
    method,
    innerAttack: defaults && {
      attack: await makeComponent(attackGradient, 'attack', defaults.attack.id, {
        ...defaults.attack.options,
        ...{ epsilon: 0.1, steps: 4, stepSize: 0.03, start: fromNoise ? 'gaussian' : 'none' },
        ...(fromNoise ? { startDeviation: 0.02 } : {}),
        ...(defaults.attack.id === 'friendly-pgd' ? { extraSteps: 1, raiseAt: [] } : {}),
      }),
      objective: await makeComponent(owner, 'objective', defaults.objective.id, defaults.objective.options),
      mode: defaults.mode,
    },
    teachers: { teacher: outspoken(9), cleanTeacher: outspoken(11) },
    strategy: method.innerAttack ? turning : { ...turning, knobs: ['lossWeight'] },
    optimizer: await makeComponent(optimSgd, 'optimizer', 'sgd', { nesterov: true }),
    schedule: await makeComponent(optimSgd, 'schedule', 'multi-step', { milestones: [1] }),
  });
}

describe('trainings step by step as in PyTorch', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const one of cases) {
    it(`${one.method} ${JSON.stringify(one.options ?? {})}`, async () => {
      const losses: number[] = [];
      const events = createTrainingEvents();
      events.on('step', ({ loss }) => losses.push(loss));
      const options = trainingOptions.parse({ epochs: 2, batchSize: 4, evaluateEvery: 0 });
      const { student } = await train(await partsOf(engine, one), options, { events });
      expect(losses).to.have.length(6);
      losses.forEach((loss, step) => {
        // at a temperature of 30 float32 leaves four digits of a divergence
        const tolerance = one.method === 'ard' && !one.options ? 1e-4 : 5e-6;
        expect(loss, `step ${step}`).to.be.closeTo(one.losses[step]!, tolerance);
      });
      expect(Array.from(await student.statistics['bn1.num_batches_tracked']!.read())).to.deep.equal([
        one.passes,
      ]);
    });
  }
});
