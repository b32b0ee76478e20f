import type { Augmentation, ImageShape, RandomStream } from '@ard/core';
import { cutOut } from './cut-out.js';

/** Byte to [0, 1]; a table is as exact as the division and twice as fast. */
const unitFromByte = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The random numbers of a batch, drawn apart from the pixels so that another thread may do the work. */
export interface AugmentationDraws {
  /** `[batch, 3]` in [0, 1): down, right, flip. */
  readonly crop: Float32Array;
  /** `[batch, 2]` in [0, 1): the square's centre, down and right. */
  readonly cutout: Float32Array;
}

/** Whether an augmentation changes anything. */
export function changesImages(augmentation: Augmentation | undefined): augmentation is Augmentation {
  if (augmentation === undefined) return false;
  return augmentation.cropPadding > 0 || augmentation.flip || (augmentation.cutout ?? 0) > 0;
}

/** Bytes of the images at `ids` as float32 in [0, 1], unchanged. */
export function imagesToFloat(images: Uint8Array, shape: ImageShape, ids: Int32Array): Float32Array {
  const imageBytes = shape.height * shape.width * shape.channels;
  const out = new Float32Array(ids.length * imageBytes);
  let to = 0;
  for (const id of ids) {
    const from = id * imageBytes;
    for (let offset = 0; offset < imageBytes; offset++)
      out[to + offset] = unitFromByte[images[from + offset]!]!;
    to += imageBytes;
  }
  return out;
}

/**
 * What chance decides for the images at `ids`. It depends on `random` and each id only, not on the batch.
 *
 * @param random a stream of its own per epoch
 */
export function drawAugmentation(
  ids: Int32Array,
  { cutout = 0 }: Augmentation,
  random: RandomStream,
): AugmentationDraws {
  return {
    crop: random.uniformRows(ids, 3),
    cutout: cutout > 0 ? random.derive('cutout').uniformRows(ids, 2) : new Float32Array(0),
  };
}

/**
 * The images at `ids`, each padded, cropped back to its size at a random place, flipped with probability one half,
 * and with a square of it cut out, as float32 in [0, 1].
 */
export function augmentBatch(
  images: Uint8Array,
  shape: ImageShape,
  ids: Int32Array,
  augmentation: Augmentation,
  draws: AugmentationDraws,
): Float32Array {
  const { cropPadding, paddingMode, flip, cutout = 0 } = augmentation;
  const { height, width, channels } = shape;
  const imageBytes = height * width * channels;
  const places = 2 * cropPadding + 1;
  const out = new Float32Array(ids.length * imageBytes);
  const columns = new Int32Array(width);
  for (let example = 0, to = 0; example < ids.length; example++) {
    const down = Math.floor(draws.crop[3 * example]! * places) - cropPadding;
    const right = Math.floor(draws.crop[3 * example + 1]! * places) - cropPadding;
    const mirrored = flip && draws.crop[3 * example + 2]! < 0.5;
    for (let x = 0; x < width; x++) {
      const column = insideOrPadding((mirrored ? width - 1 - x : x) + right, width, paddingMode);
      columns[x] = column < 0 ? -1 : column * channels;
    }
    for (let y = 0; y < height; y++, to += width * channels) {
      const row = insideOrPadding(y + down, height, paddingMode);
      // the array starts as zeros, which is the padding
      if (row >= 0)
        copyRow(images, (ids[example]! * height + row) * width * channels, columns, channels, out, to);
    }
  }
  if (cutout > 0) cutOut(out, shape, cutout, draws.cutout);
  return out;
}

function copyRow(
  source: Uint8Array,
  from: number,
  columns: Int32Array,
  channels: number,
  target: Float32Array,
  to: number,
): void {
  for (let x = 0, out = to; x < columns.length; x++, out += channels) {
    const column = columns[x]!;
    if (column < 0) continue;
    for (let channel = 0; channel < channels; channel++) {
      target[out + channel] = unitFromByte[source[from + column + channel]!]!;
    }
  }
}

/** Position in the unpadded line, or -1 in zero padding. Reflection does not repeat the edge, as in PyTorch. */
function insideOrPadding(position: number, extent: number, mode: Augmentation['paddingMode']): number {
  if (position >= 0 && position < extent) return position;
  if (mode === 'zero') return -1;
  return position < 0 ? -position : 2 * (extent - 1) - position;
}
