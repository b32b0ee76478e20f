import {
  hostArray,
  type Attack,
  type AttackBatch,
  type AttackRun,
  type NdArray,
  type TracedVictim,
} from '@ard/core';
import type { TracedAttackBatch } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

type Step = (
  inputs: { batch: TracedAttackBatch; iterate: tf.Tensor4D; trajectory: Readonly<Record<string, tf.Tensor>> },
  victim: TracedVictim,
) => { iterate: tf.Tensor4D; trajectory: Readonly<Record<string, tf.Tensor>> };

/** Parts of the attack that a test may replace by wrong ones. */
export interface SignAttackParts {
  readonly step?: Step;
  readonly start?: (batch: AttackBatch, run: AttackRun) => Promise<NdArray>;
  readonly claims?: Partial<Attack>;
}

const steps = 6;
const epsilon = 0.1;

export const honestStep: Step = ({ batch, iterate, trajectory }, victim) => {
  const { logits, gradient } = victim.evaluate(iterate, batch);
  return {
    trajectory: victim.observe(trajectory, iterate, logits, batch),
    iterate: project(tf.add(iterate, tf.mul(tf.sign(gradient), 0.05)), batch),
  };
};

export function project(iterate: tf.Tensor4D, { images, epsilon }: TracedAttackBatch): tf.Tensor4D {
  const radius = tf.reshape(epsilon, [-1, 1, 1, 1]);
  const inside = tf.minimum(tf.maximum(iterate, tf.sub(images, radius)), tf.add(images, radius));
  return tf.clipByValue(inside, 0, 1) as tf.Tensor4D;
}

/** Uniform in the ball of each example. */
export const uniformStart = async ({ images, epsilon }: AttackBatch, { random, ids }: AttackRun) => {
  const [pixels, radii] = [await images.read(), await epsilon.read()];
  const size = pixels.length / ids.length;
  const noise = random.uniformRows(ids, size, -1, 1);
  return hostArray(
    Float32Array.from(pixels, (value, i) => value + noise[i]! * radii[Math.floor(i / size)]!),
    images.shape,
  );
};

/** A tiny projected gradient attack, deterministic unless given another start. */
export function signAttack({ step = honestStep, start, claims }: SignAttackParts = {}): Attack {
  return {
    epsilon,
    passes: { forward: steps, backward: steps },
    reportsIterates: true,
    description: 'sign attack of a test',
    prepare(victim) {
      const run = victim.compile('sign-step', step as never) as (inputs: object) => Promise<{
        iterate: NdArray;
        trajectory: Readonly<Record<string, NdArray>>;
      }>;
      return async (batch, attackRun) => {
        let iterate: NdArray = start ? await start(batch, attackRun) : batch.images;
        let { trajectory } = attackRun;
        for (let count = 0; count < steps; count++) {
          ({ iterate, trajectory } = await run({ batch, iterate, trajectory }));
        }
        return { adversarial: iterate, trajectory };
      };
    },
    ...claims,
  };
}
