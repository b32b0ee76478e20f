import type { LabelledImages } from '@ard/core';

/** Images whose bytes count up, so that a pixel tells where it came from. */
export function tinyImages(
  labels: readonly number[],
  shape = { height: 4, width: 4, channels: 3 },
  classes = Math.max(...labels) + 1,
): LabelledImages {
  const imageBytes = shape.height * shape.width * shape.channels;
  return {
    shape,
    classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
    images: Uint8Array.from({ length: labels.length * imageBytes }, (_, index) => index % 251),
    labels: Uint8Array.from(labels),
    count: labels.length,
    source: 'counted',
    fingerprint: 'counted',
  };
}
