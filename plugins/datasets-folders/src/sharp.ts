import { ArdError } from '@ard/core';
import type sharp from 'sharp';

export type Sharp = typeof sharp;

/**
 * The decoder of PNG, JPEG and WebP. Loaded when the first image is: it is native code, and everything else works
 * without it.
 *
 * @throws ArdError when it cannot be loaded on this machine
 */
export async function loadSharp(): Promise<Sharp> {
  try {
    const { default: decoder } = await import('sharp');
    decoder.cache(false); // every file is read once
    return decoder;
  } catch (cause) {
    throw new ArdError('The image decoder (npm package sharp) cannot be loaded on this machine.', {
      remedy:
        'Reinstall without --omit=optional and on the machine it runs on; sharp ships a binary per platform.',
      cause,
    });
  }
}
