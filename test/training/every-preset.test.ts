import type { Engine, Model, PartialConfig, ReweightingStrategy } from '@ard/core';
import { knobNames, neutralKnobs } from '@ard/core';
import {
  createTrainingEvents,
  passesPerStep,
  train,
  type Composition,
  type TrainingParts,
  type TrainingState,
} from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { composePreset, partsOf, plainState } from '../support/composed-training.js';
import { methodPlugins, methodPresets } from '../support/method-plugins.js';
import { cpuEngine } from '../support/tiny-parts.js';

/**
 * What holds for every preset of every method and fairness plugin: steps cost what `ard explain` says, before and after
 * the loss changes; a run that was stopped ends like one that was not; weights of one are the base method.
 */

interface Count {
  forward: number;
  backward: number;
}

type Counts = Record<string, Count>;

/**
 * A network that counts the images it sees in a mode, and the gradients that come back to its logits. The same images
 * in the same mode count once: a compiling engine computes them once.
 */
function counting(model: Model, count: () => Count): Model {
  const seen = new Set<string>();
  return {
    ...model,
    apply(variables, images, mode) {
      const forward = model.apply(variables, images, mode);
      const pass = `${images.id} ${mode}`;
      if (!seen.has(pass)) count().forward++;
      seen.add(pass);
      const watched = tf.customGrad((logits) => ({
        value: tf.clone(logits as tf.Tensor),
        gradFunc: (gradient: tf.Tensor) => {
          count().backward++;
          return tf.clone(gradient);
        },
      }));
      return { ...forward, logits: watched(forward.logits) as tf.Tensor2D };
    },
  };
}

/** Small, and with everything that begins later beginning in the second epoch. */
async function compose(id: string, changes: PartialConfig = {}): Promise<Composition> {
  const { method, strategy } = (await composePreset(methodPlugins, id)).config.components;
  const innerAttack = (await composePreset(methodPlugins, id)).innerAttack;
  const starts = (values: Readonly<Record<string, unknown>> = {}): Record<string, number> =>
    Object.fromEntries(['begin', 'warmUp'].filter((name) => name in values).map((name) => [name, 1]));
  return await composePreset(methodPlugins, id, [
    {
      ...(innerAttack ? { attack: { options: { steps: 2 } } } : {}),
      method: { options: starts(method!.values) },
      ...(strategy ? { strategy: { options: starts(strategy.values) } } : {}),
      dataset: { options: { trainCount: 10 } },
      optimizer: { options: { learningRate: 0.01 } },
      training: { epochs: 2, batchSize: 5, evaluateEvery: 0, checkpointMinutes: 0 },
    },
    changes,
  ]);
}

async function run(parts: TrainingParts, { config }: Composition, resumeFrom?: TrainingState) {
  const events = createTrainingEvents();
  const checkpoints: TrainingState[] = [];
  const perEpoch: Counts[] = [];
  let counts: Counts = {};
  const watch = (network: string, model: Model): Model =>
    counting(model, () => (counts[network] ??= { forward: 0, backward: 0 }));
  const teachers = Object.entries(parts.teachers).map(([role, teacher]) => [
    role,
    { ...teacher, model: watch(role, teacher.model) },
  ]);
  // what validation computes at the end of an epoch is not the steps'
  events.on('step', ({ step, stepsPerEpoch }) => {
    if (step === 0 || perEpoch.length === 0) perEpoch.push({});
    for (const [network, { forward, backward }] of Object.entries(counts)) {
      const sum = (perEpoch.at(-1)![network] ??= { forward: 0, backward: 0 });
      sum.forward += forward / stepsPerEpoch;
      sum.backward += backward / stepsPerEpoch;
    }
    counts = {};
  });
  events.on('epoch', () => (counts = {}));
  const state = await train(
    { ...parts, student: watch('student', parts.student), teachers: Object.fromEntries(teachers) },
    config.training.values,
    {
      events,
      ...(resumeFrom ? { resumeFrom } : {}),
      saveCheckpoint: (saved) => {
        // before the first epoch a strategy may have looked at held-out images
        counts = {};
        checkpoints.push(saved);
        return Promise.resolve();
      },
    },
  );
  return { state, checkpoints, perEpoch };
}

function explained(composition: Composition): readonly Counts[] {
  return passesPerStep(composition).flatMap(({ from, to, passes }) => {
    const sums: Counts = {};
    for (const { network, forward, backward } of passes) {
      const sum = (sums[network] ??= { forward: 0, backward: 0 });
      sum.forward += forward;
      sum.backward += backward;
    }
    return Array.from({ length: to - from + 1 }, () => sums);
  });
}

/** Turns every knob, to where it changes nothing. */
const neutral: ReweightingStrategy = {
  needs: {},
  knobs: knobNames,
  init: () => null,
  update: (_, { classes }) => ({ state: null, knobs: neutralKnobs(classes) }),
};

describe('every preset', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const [id, { config }] of methodPresets) {
    it(`${id}: passes as explained, exact resume${config.strategy ? '' : ', neutral knobs change nothing'}`, async () => {
      const composition = await compose(id);
      const parts = await partsOf(composition, engine);
      const whole = await run(parts, composition);
      // looking at held-out images before the first step is not the step's
      if (!composition.strategy?.needs.beforeTraining) {
        expect(whole.perEpoch).to.deep.equal(explained(composition));
      } else expect(whole.perEpoch[1]).to.deep.equal(explained(composition)[1]);

      // after the first step of the second epoch, through JSON as a checkpoint file has it
      const middle = whole.checkpoints.find(({ progress: { epoch, step } }) => epoch === 1 && step === 1)!;
      const progress = JSON.parse(JSON.stringify(middle.progress)) as TrainingState['progress'];
      const rest = await run(await partsOf(composition, engine), composition, { ...middle, progress });
      expect(await plainState(rest.state)).to.deep.equal(await plainState(whole.state));

      if (config.strategy) return;
      const weighted = await run({ ...parts, strategy: neutral }, composition);
      const [one, base] = [await plainState(weighted.state), await plainState(whole.state)];
      expect(one.parameters).to.deep.equal(base.parameters);
      expect(one.statistics).to.deep.equal(base.statistics);
      expect(one.methodState).to.deep.equal(base.methodState);
    });
  }
});
