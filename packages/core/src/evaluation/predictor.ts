import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../contracts/engine.js';
import type { Model, TensorVariables, Variables } from '../contracts/model.js';
import type { HostArray } from '../contracts/nd-array.js';
import { ArdError } from '../errors.js';
import { padded, type BatchSizes } from '../examples/batch-sizes.js';
import { rowsOf } from '../examples/rows-of.js';
import { hostArray } from '../nd-array.js';

/** What a network says about images, one entry per image. */
export interface Predictions {
  readonly classes: Int32Array;
  /** `z_label − max over other classes of z`. */
  readonly margins: Float32Array;
  /** Cross-entropy of the label. */
  readonly loss: Float32Array;
  /** `[images, classes]`. */
  readonly logits: HostArray;
}

export interface Predictor {
  /**
   * In eval mode, in batches of few sizes.
   *
   * @throws ArdError when an output is not finite
   */
  predict(
    variables: Variables,
    images: HostArray,
    labels: HostArray,
    sizes: BatchSizes,
  ): Promise<Predictions>;
  dispose(): Promise<void>;
}

// far outside what a network outputs, so that the label never is the best other class
const outOfReach = 1e9;

/** Compiles the forward pass of an evaluation. */
export function createPredictor(engine: Engine, model: Model): Predictor {
  const forward = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D; labels: tf.Tensor1D }) => {
      const { logits } = model.apply(inputs.network, inputs.images, 'eval');
      const oneHot = tf.cast(tf.oneHot(inputs.labels, model.classes), 'float32');
      const own = tf.sum(tf.mul(oneHot, logits), 1);
      return {
        classes: tf.cast(tf.argMax(logits, 1), 'int32'),
        margins: tf.sub(own, tf.max(tf.sub(logits, tf.mul(oneHot, outOfReach)), 1)),
        loss: tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), 1)),
        logits,
      };
    },
    { name: 'predict', frozen: ['network'] },
  );

  return {
    async predict(variables, images, labels, sizes) {
      const count = labels.data.length;
      const result = {
        classes: new Int32Array(count),
        margins: new Float32Array(count),
        loss: new Float32Array(count),
        logits: new Float32Array(count * model.classes),
      };
      let from = 0;
      for (const size of sizes.plan(count)) {
        const rows = Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
        const whole = rows.length === count && size === count;
        const batch = whole
          ? { images, labels }
          : {
              images: await rowsOf(images, padded(rows, size)),
              labels: await rowsOf(labels, padded(rows, size)),
            };
        const outputs = await forward({ network: { ...variables }, ...batch });
        for (const name of ['classes', 'margins', 'loss', 'logits'] as const) {
          const width = name === 'logits' ? model.classes : 1;
          const values = await outputs[name].read();
          result[name].set(values.subarray(0, rows.length * width), from * width);
          outputs[name].dispose();
        }
        from += rows.length;
      }
      refuseNonFinite(result.logits, model);
      return { ...result, logits: hostArray(result.logits, [count, model.classes]) };
    },
    dispose: () => forward.dispose(),
  };
}

function refuseNonFinite(logits: Float32Array, model: Model): void {
  if (logits.every((value) => Number.isFinite(value))) return;
  throw new ArdError(`The output of ${model.name} is not finite.`, {
    remedy: 'The network has diverged or its checkpoint holds NaN; check how it was trained and stored.',
  });
}
