import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { ExportedFile, HostArray } from '@ard/core';

/** tfjs's plain backend: slow, but always there. */
const backend = 'cpu';

/** Loads the files as a page would, and runs them. @returns logits, `[batch, classes]`, one image after another */
export async function runTfjs(files: readonly ExportedFile[], images: HostArray): Promise<Float32Array> {
  const previous = tf.getBackend();
  const production = tf.env().getBool('PROD');
  tf.env().set('PROD', true); // without it the backend advertises another one on stderr
  await tf.setBackend(backend);
  const model = await loadGraphModel(handlerOf(files));
  try {
    const logits = tf.tidy(() => {
      const pixels = tf.tensor4d(
        images.data as Float32Array,
        images.shape as [number, number, number, number],
      );
      return model.execute({ images: pixels }, 'logits') as tf.Tensor;
    });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return values;
  } finally {
    model.dispose();
    tf.env().set('PROD', production);
    if (previous && previous !== backend) await tf.setBackend(previous);
  }
}

function handlerOf(files: readonly ExportedFile[]): tf.io.IOHandler {
  const [description, ...shards] = files;
  const json = JSON.parse(Buffer.from(description!.bytes).toString()) as tf.io.ModelJSON;
  const weights = Buffer.concat(shards.map(({ bytes }) => bytes));
  const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength);
  return {
    load: () =>
      tf.io.getModelArtifactsForJSON(json, (manifest) =>
        Promise.resolve([manifest.flatMap((group) => group.weights), weightData as ArrayBuffer]),
      ),
  };
}
