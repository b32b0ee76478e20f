import { ArdError, hostArray, type ImageShape, type NdArray } from '@ard/core';
import type { Reference } from './reference-file.js';

/** Images to run a network on. */
export interface Images {
  readonly shape: ImageShape;
  /** `[count, height, width, channels]` in [0, 1] */
  readonly data: NdArray;
}

/**
 * PyTorch's order of axes to ours.
 *
 * @throws ArdError when the images differ in shape
 */
export function channelsLast(inputs: NonNullable<Reference['inputs']>, file: string): Images {
  const [count, channels, height, width] = [
    inputs.length,
    inputs[0]?.length ?? 0,
    inputs[0]?.[0]?.length ?? 0,
    inputs[0]?.[0]?.[0]?.length ?? 0,
  ];
  const flat = inputs.flat(3);
  if (flat.length !== count * channels * height * width || flat.length === 0) {
    throw new ArdError(`${file}: the inputs are not of one shape [images, channels, rows, columns].`);
  }
  const data = new Float32Array(flat.length);
  const plane = height * width;
  flat.forEach((value, i) => {
    const [image, channel, pixel] = [
      Math.floor(i / (channels * plane)),
      Math.floor(i / plane) % channels,
      i % plane,
    ];
    data[(image * plane + pixel) * channels + channel] = value;
  });
  return { shape: { height, width, channels }, data: hostArray(data, [count, height, width, channels]) };
}

/** The first images of a split. */
export function firstImages(
  { images, shape }: { readonly images: Uint8Array; readonly shape: ImageShape },
  count: number,
): Images {
  const { height, width, channels } = shape;
  const data = Float32Array.from(images.subarray(0, count * height * width * channels), (byte) => byte / 255);
  return { shape, data: hostArray(data, [count, height, width, channels]) };
}
