import { encode } from 'fast-png';
import type { ImageShape } from '@ard/core';

/**
 * An image as a PNG inside a `src` attribute.
 *
 * @param pixels `[height, width, channels]`, 0..255, of 1 or 3 channels
 */
export function pngDataUri(pixels: Uint8Array, { height, width, channels }: ImageShape): string {
  const png = encode({ width, height, channels, depth: 8, data: pixels });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
