import type { ImageShape } from '@ard/core';

/**
 * Sets a square in each image to 0, in place (cutout, DeVries and Taylor 2017). As there the centre may be any pixel,
 * so that the square reaches beyond the border for some. Theirs is 0 after normalisation, which is the mean; here
 * pixels are not normalised before the network, and 0 is black, as in Rice et al. 2020.
 *
 * @param images `[batch, height, width, channels]`
 * @param side of the square in pixels, at least 1
 * @param centres `[batch, 2]` in [0, 1): down and right, as a share of height and width
 */
export function cutOut(
  images: Float32Array,
  { height, width, channels }: ImageShape,
  side: number,
  centres: Float32Array,
): void {
  for (let example = 0; 2 * example < centres.length; example++) {
    const top = Math.floor(centres[2 * example]! * height) - Math.floor(side / 2);
    const left = Math.floor(centres[2 * example + 1]! * width) - Math.floor(side / 2);
    const from = Math.max(left, 0);
    const to = Math.min(left + side, width);
    for (let y = Math.max(top, 0); y < Math.min(top + side, height); y++) {
      const row = (example * height + y) * width;
      images.fill(0, (row + from) * channels, (row + to) * channels);
    }
  }
}
