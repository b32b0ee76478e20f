import type { Engine, Model } from '@ard/core';
import { createTrainingEvents, passesPerStep, train, type TrainingParts } from '@ard/core/host';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import datasetsGenerated from '@ard/plugin-datasets-generated';
import engineTfjs from '@ard/plugin-engine-tfjs';
import fairGeometric from '@ard/plugin-fair-geometric';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import modelsSmallCnn from '@ard/plugin-models-small-cnn';
import optimSgd from '@ard/plugin-optim-sgd';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { composeTiny, partsOf } from '../support/composed-training.js';
import { cpuEngine } from '../support/tiny-parts.js';

/** `ard explain` says what a step costs before anything has run; here the networks count it. */

const plugins = [
  ...[adversarialTraining, attackGradient, datasetsGenerated, engineTfjs, fairGeometric, modelsSmallCnn],
  ...[methodAdaad, methodArd, methodIad, methodKd, methodMtard, methodRslad, optimSgd],
];

interface Count {
  forward: number;
  backward: number;
}

/**
 * A network that counts the images it sees in a mode, and the gradients that come back to its logits. The same images
 * in the same mode count once: a compiling engine computes them once.
 */
function counting(model: Model, count: Count): Model {
  const seen = new Set<string>();
  return {
    ...model,
    apply(variables, images, mode) {
      const forward = model.apply(variables, images, mode);
      const pass = `${images.id} ${mode}`;
      if (!seen.has(pass)) count.forward++;
      seen.add(pass);
      const watched = tf.customGrad((logits) => ({
        value: tf.clone(logits as tf.Tensor),
        gradFunc: (gradient: tf.Tensor) => {
          count.backward++;
          return tf.clone(gradient);
        },
      }));
      return { ...forward, logits: watched(forward.logits) as tf.Tensor2D };
    },
  };
}

async function counted(parts: TrainingParts, options: Parameters<typeof train>[1]) {
  const counts: Record<string, Count> = {};
  const watch = (network: string, model: Model): Model =>
    counting(model, (counts[network] = { forward: 0, backward: 0 }));
  const teachers = Object.fromEntries(
    Object.entries(parts.teachers).map(([role, teacher]) => [
      role,
      { ...teacher, model: watch(role, teacher.model) },
    ]),
  );
  await train(
    { ...parts, student: watch('student', parts.student), teachers },
    { ...options, epochs: 1 },
    { events: createTrainingEvents() },
  );
  const steps = parts.batches.stepsPerEpoch;
  return Object.fromEntries(
    Object.entries(counts).map(([network, { forward, backward }]) => [
      network,
      { forward: forward / steps, backward: backward / steps },
    ]),
  );
}

describe('passes per step', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const preset of [
    ...['rslad', 'fair-rslad', 'ard', 'iad', 'akd2', 'mtard', 'adaad', 'kd'],
    ...['trades', 'pgd-at', 'mart', 'standard'],
  ]) {
    it(`of ${preset} are those that the networks count`, async () => {
      // from its beginning on; the student does not look at itself before
      const introspective = preset === 'iad' ? { method: { options: { begin: 0 } } } : {};
      const composition = await composeTiny(plugins, preset, introspective);
      const parts = await partsOf(composition, engine);
      const explained: Record<string, Count> = {};
      for (const { network, forward, backward } of passesPerStep(composition).passes) {
        const sum = (explained[network] ??= { forward: 0, backward: 0 });
        sum.forward += forward;
        sum.backward += backward;
      }
      expect(await counted(parts, composition.config.training.values)).to.deep.equal(explained);
    });
  }
});
