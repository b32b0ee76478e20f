import type * as tf from '@tensorflow/tfjs-core';
import { randomStream, type Engine, type LabelledImages, type TensorVariables } from '@ard/core';
import type { NetworkWithValues } from '@ard/core/host';
import { batchSource } from '@ard/data';

/** The part of the images that a network gets right. */
export async function cleanAccuracy(
  engine: Engine,
  { model, variables }: NetworkWithValues,
  images: LabelledImages,
): Promise<number> {
  const batches = batchSource({ images, batchSize: 100, random: randomStream(0), shuffle: false });
  const forward = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D }) => ({
      logits: model.apply(inputs.network, inputs.images, 'eval').logits,
    }),
    { name: 'clean-accuracy', frozen: ['network'] },
  );
  let correct = 0;
  let seen = 0;
  try {
    for (let step = 0; step < batches.stepsPerEpoch; step++) {
      const batch = await batches.batch(0, step);
      const { logits } = await forward({ network: { ...variables }, images: batch.images });
      const values = (await logits.read()) as Float32Array;
      for (let i = 0; i < values.length / model.classes; i++, seen++) {
        const row = values.subarray(i * model.classes, (i + 1) * model.classes);
        if (row.indexOf(Math.max(...row)) === images.labels[seen]) correct++;
      }
    }
  } finally {
    await forward.dispose();
  }
  return correct / images.count;
}
