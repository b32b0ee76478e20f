import * as tf from '@tensorflow/tfjs-core';
import { ArdError } from '@ard/core';

/**
 * (images - mean) / std per channel, the first thing inside a model that was trained on normalised images. With
 * mean 0 and std 1 nothing is computed. Works on whole rows of pixels: inner loops over three channels are slow.
 *
 * @param images `[batch, height, width, channels]` in [0, 1]
 * @param mean one number per channel, or one for all
 * @param std as `mean`; greater than 0
 * @throws ArdError when there are as many numbers as neither
 */
export function normaliseImages(
  images: tf.Tensor4D,
  mean: readonly number[],
  std: readonly number[],
): tf.Tensor4D {
  const channels = images.shape[3];
  for (const [option, values] of Object.entries({ mean, std })) {
    if (values.length !== 1 && values.length !== channels) {
      throw new ArdError(`the model's ${option} has ${values.length} numbers for ${channels} channels`, {
        remedy: `Give ${option} one number per channel, or a single one for all.`,
      });
    }
  }
  if (mean.every((value) => value === 0) && std.every((value) => value === 1)) return images;
  const [batch, height, width] = images.shape;
  const rows = tf.reshape(images, [batch, height, width * channels]);
  const alongRow = (values: readonly number[]): tf.Tensor1D =>
    tf.tensor1d(Array.from({ length: width * channels }, (_, i) => values[i % values.length]!));
  return tf.reshape(tf.div(tf.sub(rows, alongRow(mean)), alongRow(std)), images.shape);
}
