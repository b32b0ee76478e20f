import type { TracedVictim, Victim } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { toHost } from './values.js';
import { hostArray, type HostArray } from '@ard/core';

export interface Pass {
  /** `evaluate` is a forward and a backward pass, `logits` a forward pass; `observe` costs nothing. */
  readonly kind: 'evaluate' | 'logits' | 'observe';
  readonly images: HostArray;
  readonly logits: HostArray;
}

export interface PassRecorder {
  watch(victim: Victim): Victim;
  /** Everything since the last call, in order. */
  take(): Promise<Pass[]>;
}

/** Watches what an attack does with its victim. Works on eager engines, which run a step's code at every call. */
export function recordPasses(): PassRecorder {
  let passes: { kind: Pass['kind']; images: tf.Tensor; logits: tf.Tensor }[] = [];

  function record(kind: Pass['kind'], images: tf.Tensor, logits: tf.Tensor): void {
    passes.push({ kind, images: tf.keep(tf.clone(images)), logits: tf.keep(tf.clone(logits)) });
  }

  function recording(victim: TracedVictim): TracedVictim {
    return {
      logits(images) {
        const logits = victim.logits(images);
        record('logits', images, logits);
        return logits;
      },
      evaluate(iterate, batch, perExampleLoss) {
        const result = victim.evaluate(iterate, batch, perExampleLoss);
        record('evaluate', iterate, result.logits);
        return result;
      },
      observe(trajectory, iterate, logits, batch) {
        record('observe', iterate, logits);
        return victim.observe(trajectory, iterate, logits, batch);
      },
    };
  }

  return {
    watch: (victim) => ({
      ...victim,
      compile: (name, step) => victim.compile(name, (inputs, traced) => step(inputs, recording(traced))),
    }),
    async take() {
      const taken = passes;
      passes = [];
      return Promise.all(
        taken.map(async ({ kind, images, logits }) => {
          const pass = { kind, images: await copied(images), logits: await copied(logits) };
          tf.dispose([images, logits]);
          return pass;
        }),
      );
    },
  };
}

async function copied(tensor: tf.Tensor): Promise<HostArray> {
  return toHost(hostArray((await tensor.data()) as Float32Array, tensor.shape));
}
