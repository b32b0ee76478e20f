import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ArdError, fileError, type ImageShape } from '@ard/core';
import { sharedBytes } from '@ard/data';
import { loadSharp, type Sharp } from './sharp.js';

/** How an image of another size comes to the size of the data set. */
export type Fit = 'cover' | 'contain' | 'fill' | 'exact';

/** A photograph of any camera has fewer; keeps a small file from filling the memory. */
const mostPixels = 100_000_000;

export interface CorruptImage {
  readonly file: string;
  readonly reason: string;
}

/**
 * Decodes image files to bytes, `[count, height, width, channels]`, in the order given; several at once.
 *
 * @throws ArdError naming the first file that is no image or of another size, and how many there are
 */
export async function decodeImages(
  files: readonly string[],
  shape: ImageShape,
  fit: Fit,
): Promise<Uint8Array> {
  const imageBytes = shape.height * shape.width * shape.channels;
  const images = sharedBytes(files.length * imageBytes);
  const corrupt = await eachImage(files, shape, fit, (index, pixels) =>
    images.set(pixels, index * imageBytes),
  );
  const [first] = corrupt;
  if (first) {
    const others = corrupt.length > 1 ? ` (and ${corrupt.length - 1} more of ${files.length} files)` : '';
    throw new ArdError(`${first.file}: ${first.reason}${others}`, {
      remedy: '`ard data check` lists every such file; remove or replace them.',
    });
  }
  return images;
}

/** The files among these that cannot be decoded, in their order. */
export async function eachImage(
  files: readonly string[],
  shape: ImageShape,
  fit: Fit,
  take: (index: number, pixels: Uint8Array) => void,
): Promise<readonly CorruptImage[]> {
  const sharp = await loadSharp();
  const corrupt = new Map<number, CorruptImage>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++;
      const file = files[index]!;
      const bytes = await readFile(file).catch((cause: unknown) => {
        throw fileError('read', file, cause);
      });
      try {
        take(index, await decode(sharp, bytes, shape, fit));
      } catch (error) {
        corrupt.set(index, { file, reason: inOneLine(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(files.length, 2 * availableParallelism()) }, work));
  return [...corrupt].sort(([a], [b]) => a - b).map(([, found]) => found);
}

/** What is wrong with an image that could be read. */
class Unsuitable extends Error {}

/** Whatever the name says: the decoder knows formats that can do more than hold pixels. */
const formats: readonly (string | undefined)[] = ['png', 'jpeg', 'webp'];

async function decode(
  sharp: Sharp,
  bytes: Buffer,
  { height, width, channels }: ImageShape,
  fit: Fit,
): Promise<Uint8Array> {
  // orientation as the camera meant it; transparent pixels become black
  let image = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'warning' }).autoOrient();
  const { format, autoOrient } = await image.metadata();
  if (!formats.includes(format)) throw new Unsuitable(`is ${format}, not PNG, JPEG or WebP`);
  if (fit === 'exact') {
    if (autoOrient.width !== width || autoOrient.height !== height) {
      throw new Unsuitable(
        `is ${autoOrient.width} x ${autoOrient.height} pixels, expected ${width} x ${height}`,
      );
    }
  } else {
    image = image.resize(width, height, { fit, background: 'black' });
  }
  image = image.flatten({ background: 'black' }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Unsuitable(`has ${info.channels} channels, expected ${channels}`);
  return data;
}

function inOneLine(error: unknown): string {
  if (error instanceof Unsuitable) return error.message;
  const [reason] = (error as Error).message.split('\n');
  return `cannot be decoded (${reason!.trim()})`;
}
