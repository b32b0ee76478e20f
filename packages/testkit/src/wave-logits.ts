import type { HostArray, Mode, Model, Variables } from '@ard/core';
import type * as tf from '@tensorflow/tfjs-core';
import { waveImages, waveVariables } from './subjects/waves.js';
import { withEngine } from './support/contract.js';
import { runOnce, toHost } from './support/values.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/**
 * Logits `[count, classes]` of a model with the values that `modelOracle` gives it.
 *
 * @param images `[count, height, width, channels]` in [0, 1]; those of `modelOracle` when not given
 */
export function waveLogits(
  model: Model,
  mode: Mode,
  images: HostArray = waveImages(2, model.shape),
): Promise<HostArray> {
  const { parameters, statistics }: Variables = waveVariables(model);
  return withEngine({}, async (engine) => {
    const { logits } = await runOnce(
      engine,
      `${model.name} ${mode}`,
      (inputs: { parameters: Tensors; statistics: Tensors; images: tf.Tensor4D }) => ({
        logits: model.apply(
          { parameters: inputs.parameters, statistics: inputs.statistics },
          inputs.images,
          mode,
        ).logits,
      }),
      { parameters, statistics, images },
    );
    return await toHost(logits);
  });
}
