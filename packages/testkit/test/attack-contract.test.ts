import type { Attack } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { attackContract, type AttackRow } from '../src/index.js';
import { expectFailure } from './support/failures.js';
import {
  honestStep,
  project,
  signAttack,
  uniformStart,
  type SignAttackParts,
} from './support/sign-attack.js';

function rowOf(parts: SignAttackParts, overrides: Partial<AttackRow> = {}): AttackRow {
  const create = (): Attack => signAttack(parts);
  return { name: 'broken', create, norm: 'linf', usesGradient: true, stochastic: false, ...overrides };
}

attackContract(rowOf({}, { name: 'a deterministic sign attack' }));
attackContract(rowOf({ start: uniformStart }, { name: 'a stochastic sign attack', stochastic: true }));

/** An attack of no gradient at all: noise. */
const noise: AttackRow = {
  name: 'noise that guesses',
  norm: 'linf',
  usesGradient: false,
  stochastic: true,
  create: () => ({
    ...signAttack(),
    passes: { forward: 2, backward: 0 },
    reportsIterates: false,
    prepare(victim) {
      const keepBetter = victim.compile(
        'keep-better',
        (inputs: { clean: tf.Tensor4D; guess: tf.Tensor4D; labels: tf.Tensor1D }, traced) => {
          const score = (images: tf.Tensor4D): tf.Tensor =>
            tf.sum(tf.mul(tf.softmax(traced.logits(images)), tf.oneHot(inputs.labels, 5)), 1);
          const better = tf.less(score(inputs.guess), score(inputs.clean));
          return { images: tf.where(tf.reshape(better, [-1, 1, 1, 1]), inputs.guess, inputs.clean) };
        },
      );
      const clip = victim.compile('clip', ({ x }: { x: tf.Tensor }) => ({ x: tf.clipByValue(x, 0, 1) }));
      return async (batch, run) => {
        const { x: guess } = await clip({ x: await uniformStart(batch, run) });
        const { images } = await keepBetter({ clean: batch.images, guess, labels: batch.labels });
        return { adversarial: images, trajectory: run.trajectory };
      };
    },
  }),
};
attackContract(noise);

describe('attackContract refuses an attack that', () => {
  const cases: [string, RegExp, SignAttackParts | Partial<AttackRow>][] = [
    ['says nothing about itself', /describes itself/, { claims: { description: '' } }],
    ['has no radius', /describes itself/, { claims: { epsilon: 0 } }],
    [
      'leaves the ball',
      /stays in each example's own ball/,
      {
        step: (inputs, victim) => ({ ...honestStep(inputs, victim), iterate: scaled(inputs, victim, 1.05) }),
      },
    ],
    [
      'leaves the pixel box',
      /and in \[0, 1\]/,
      {
        step({ batch, iterate, trajectory }, victim) {
          const { logits, gradient } = victim.evaluate(iterate, batch);
          const radius = tf.reshape(batch.epsilon, [-1, 1, 1, 1]);
          return {
            trajectory: victim.observe(trajectory, iterate, logits, batch),
            iterate: tf.add(batch.images, tf.mul(tf.sign(gradient), radius)) as tf.Tensor4D,
          };
        },
      },
    ],
    [
      'uses one radius for all',
      /returns the clean image when epsilon is 0/,
      {
        step: (inputs, victim) =>
          honestStep(
            { ...inputs, batch: { ...inputs.batch, epsilon: tf.fill([inputs.batch.epsilon.shape[0]], 0.1) } },
            victim,
          ),
      },
    ],
    [
      'does nothing',
      /changes images/,
      { step: (inputs, victim) => ({ ...honestStep(inputs, victim), iterate: inputs.batch.images }) },
    ],
    ['uses the seed but claims not to', /repeats for the same seed/, { start: uniformStart }],
    [
      'depends on something else than the seed',
      /repeats for the same seed/,
      { start: (batch, run) => uniformStart(batch, { ...run, random: run.random.derive(unrepeatable++) }) },
    ],
    [
      'writes into its inputs',
      /leaves parameters, statistics and its inputs untouched/,
      {
        async start(batch) {
          (await batch.images.read())[0] = 0.77;
          return batch.images;
        },
      },
    ],
    [
      'draws noise by position in the batch',
      /however batches are cut/,
      { start: (batch, run) => uniformStart(batch, { ...run, ids: run.ids.map((_, index) => index) }) },
    ],
    [
      'mixes examples',
      /however batches are cut/,
      {
        step(inputs, victim) {
          const { iterate, trajectory } = honestStep(inputs, victim);
          return {
            trajectory,
            iterate: project(tf.add(iterate, tf.sub(tf.mean(iterate), 0.5)), inputs.batch),
          };
        },
      },
    ],
    [
      'goes downhill',
      /never does worse than the clean image/,
      {
        step(inputs, victim) {
          const { logits, gradient } = victim.evaluate(inputs.iterate, inputs.batch);
          return {
            trajectory: victim.observe(inputs.trajectory, inputs.iterate, logits, inputs.batch),
            iterate: project(tf.sub(inputs.iterate, tf.mul(tf.sign(gradient), 0.05)), inputs.batch),
          };
        },
      },
    ],
    [
      'does not follow the sign of the gradient',
      /reaches the optimum of a linear network/,
      {
        step(inputs, victim) {
          const { logits, gradient } = victim.evaluate(inputs.iterate, inputs.batch);
          return {
            trajectory: victim.observe(inputs.trajectory, inputs.iterate, logits, inputs.batch),
            iterate: project(tf.add(inputs.iterate, tf.mul(gradient, 0.05)), inputs.batch),
          };
        },
      },
    ],
    ['costs more than it says', /costs the passes/, { claims: { passes: { forward: 5, backward: 5 } } }],
    [
      'hides a forward pass',
      /costs the passes/,
      {
        step(inputs, victim) {
          const { iterate, trajectory } = honestStep(inputs, victim);
          return {
            trajectory,
            iterate: tf.add(iterate, tf.mul(tf.mean(victim.logits(iterate)), 0)),
          };
        },
      },
    ],
    [
      'shows the iterate after its update',
      /shows observers each iterate before its update/,
      {
        step({ batch, iterate, trajectory }, victim) {
          const { logits, gradient } = victim.evaluate(iterate, batch);
          const next = project(tf.add(iterate, tf.mul(tf.sign(gradient), 0.05)), batch);
          return { trajectory: victim.observe(trajectory, next, logits, batch), iterate: next };
        },
      },
    ],
    [
      'shows the last iterate as well',
      /shows observers each iterate before its update/,
      { step: showingTwice() },
    ],
    [
      'forgets its observers',
      /shows observers each iterate before its update/,
      { step: (inputs, victim) => ({ ...honestStep(inputs, victim), trajectory: inputs.trajectory }) },
    ],
    ['reports iterates though it says not', /shows observers/, { claims: { reportsIterates: false } }],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      {
        step(inputs, victim) {
          tf.keep(tf.scalar(1));
          return honestStep(inputs, victim);
        },
      },
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () => expectFailure(attackContract, rowOf(parts as SignAttackParts), expected));
  }

  it('is not random but claims to be', () =>
    expectFailure(attackContract, rowOf({}, { stochastic: true }), /repeats for the same seed/));
  it('uses gradients but claims not to', () =>
    expectFailure(attackContract, rowOf({}, { usesGradient: false }), /describes itself/));
  it('stays in another ball than it claims', () =>
    expectFailure(attackContract, rowOf({}, { norm: 'l2' }), /stays in each example's own ball/));
});

let unrepeatable = 0;

type Inputs = Parameters<typeof honestStep>[0];

function scaled(inputs: Inputs, victim: Parameters<typeof honestStep>[1], factor: number): tf.Tensor4D {
  const larger = { ...inputs.batch, epsilon: tf.mul<tf.Tensor1D>(inputs.batch.epsilon, factor) };
  const { gradient } = victim.evaluate(inputs.iterate, larger);
  return project(tf.add(inputs.iterate, tf.mul(tf.sign(gradient), 0.05)), larger);
}

/** Observes every iterate and then what comes of it. */
function showingTwice(): typeof honestStep {
  return (inputs, victim) => {
    const { iterate, trajectory } = honestStep(inputs, victim);
    const shown = victim.observe(trajectory, iterate, victim.logits(iterate), inputs.batch);
    return { iterate, trajectory: shown };
  };
}
