import type { LabelledImages } from '@ard/core';
import { fingerprint } from './fingerprint.js';
import { sharedBytes } from './shared-bytes.js';

/**
 * Copies the images at some positions, in that order.
 *
 * @param note appended to `source`, says how they were chosen: `first 100 per class`
 */
export function subset(images: LabelledImages, positions: Int32Array, note: string): LabelledImages {
  const { height, width, channels } = images.shape;
  const imageBytes = height * width * channels;
  const chosen = sharedBytes(positions.length * imageBytes);
  const labels = images.labels.slice(0, positions.length);
  for (const [target, position] of positions.entries()) {
    const from = position * imageBytes;
    chosen.set(images.images.subarray(from, from + imageBytes), target * imageBytes);
    labels[target] = images.labels[position]!;
  }
  return {
    ...images,
    images: chosen,
    labels,
    count: positions.length,
    source: `${images.source}; ${note}`,
    fingerprint: fingerprint(
      images.fingerprint,
      new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength),
    ),
  };
}
