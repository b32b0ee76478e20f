import type { ImageShape } from '@ard/core';
import { sharedBytes } from '@ard/data';
import { MalformedArray, numbersOf, type NpyHeader } from './npy-array.js';

/** Order of the axes of an array of images. */
export type Layout = 'nhwc' | 'nchw';

/** What an array of images holds. */
export interface ImageArray {
  readonly count: number;
  readonly shape: ImageShape;
  readonly layout: Layout;
}

/**
 * Tells what the axes of an array are: `[count, height, width]`, or with channels last or first. Where both could be
 * meant, channels are last.
 *
 * @throws MalformedArray
 */
export function imageArray({ shape }: NpyHeader, layout: Layout | 'auto'): ImageArray {
  const [count = 0, a = 0, b = 0, c] = shape;
  const shown = shape.join(' x ');
  if (shape.length < 3 || shape.length > 4 || shape.includes(0)) {
    throw new MalformedArray(`is ${shown || 'a number'}, not count x height x width (x channels)`);
  }
  if (c === undefined) return { count, shape: { height: a, width: b, channels: 1 }, layout: 'nhwc' };
  const isColour = (extent: number): boolean => extent === 1 || extent === 3;
  const chosen = layout === 'auto' ? (isColour(c) || !isColour(a) ? 'nhwc' : 'nchw') : layout;
  const [height, width, channels] = chosen === 'nhwc' ? [a, b, c] : [b, c, a];
  if (!isColour(channels)) {
    throw new MalformedArray(
      `is ${shown}: ${channels} channels, not 1 or 3; dataset.layout says which axis they are`,
    );
  }
  return { count, shape: { height, width, channels }, layout: chosen };
}

/**
 * The images as bytes with channels last. Numbers with a point are taken as [0, 1] and rounded to 256 steps, which
 * is what they had before somebody divided them.
 *
 * @throws MalformedArray for numbers with a point outside [0, 1], and for whole numbers that are no bytes
 */
export function toBytes(header: NpyHeader, bytes: Buffer, { count, shape, layout }: ImageArray): Uint8Array {
  const { height, width, channels } = shape;
  const out = sharedBytes(count * height * width * channels);
  const values = numbersOf(header, bytes);
  const scale = header.type.includes('f') ? 255 : 1;
  const most = 255 / scale;
  const plane = height * width;
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane; pixel++) {
        const inside = layout === 'nhwc' ? pixel * channels + channel : channel * plane + pixel;
        const value = values[image * plane * channels + inside]!;
        if (!(value >= 0 && value <= most)) {
          throw new MalformedArray(
            `has the value ${value} in image ${image} (counted from 0); ${scale === 255 ? 'numbers with a point are 0 to 1' : 'whole numbers are 0 to 255'}`,
          );
        }
        out[(image * plane + pixel) * channels + channel] = Math.round(value * scale);
      }
    }
  }
  return out;
}
