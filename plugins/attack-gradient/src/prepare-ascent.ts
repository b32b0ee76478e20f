import type { NdArray, PreparedAttack, TracedAttackBatch, Victim } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Ball } from './ball.js';
import { startPoint, type StartPoint } from './start-point.js';

export interface Ascent {
  /** Name of the compiled step. */
  readonly name: string;
  readonly ball: Ball;
  readonly start: StartPoint;
  readonly steps: number;
  /** In pixel units of [0, 1]; `epsilon` steps by each example's own radius. */
  readonly stepSize: number | 'epsilon';
}

/** One iterate and what the observers have gathered before it. */
interface Point<Value> {
  readonly iterate: Value;
  readonly trajectory: Readonly<Record<string, Value>>;
}

/**
 * Projected ascent of the victim's objective: `x_{k+1} = Π(x_k + stepSize · ascent(∇loss))`, where Π goes into the
 * ball first and then into the pixel box. Observers see x_0 to x_{steps-1}.
 */
export function prepareAscent(
  victim: Victim,
  { name, ball, start, steps, stepSize }: Ascent,
): PreparedAttack {
  interface StepInputs {
    readonly batch: TracedAttackBatch;
    readonly iterate: tf.Tensor4D;
    readonly trajectory: Readonly<Record<string, tf.Tensor>>;
    readonly [key: string]: tf.Tensor | TracedAttackBatch | Readonly<Record<string, tf.Tensor>>;
  }

  const step = victim.compile(name, ({ batch, iterate, trajectory }: StepInputs, traced) => {
    const { logits, gradient } = traced.evaluate(iterate, batch);
    const length = stepSize === 'epsilon' ? perImage(batch.epsilon) : stepSize;
    const scale = batch.stepScale as tf.Tensor1D | undefined;
    const move = tf.mul(ball.ascent(gradient), scale ? tf.mul(perImage(scale), length) : length);
    const moved: tf.Tensor4D = tf.add(iterate, move);
    return {
      trajectory: traced.observe(trajectory, iterate, logits, batch),
      iterate: tf.clipByValue(ball.project(moved, batch.images, batch.epsilon), 0, 1),
    };
  });

  return async (batch, run) => {
    let point: Point<NdArray> = {
      iterate: await startPoint(start, ball, batch, run),
      trajectory: run.trajectory,
    };
    for (let count = 0; count < steps; count++) {
      const next: Point<NdArray> = await step({ batch: { ...batch }, ...point });
      point.iterate.dispose();
      point = next;
    }
    return { adversarial: point.iterate, trajectory: point.trajectory };
  };
}

function perImage(values: tf.Tensor1D): tf.Tensor4D {
  return tf.reshape(values, [-1, 1, 1, 1]);
}
