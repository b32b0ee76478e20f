/**
 * Winograd's F(4, 3): four neighbouring results of a kernel of three taps by six products instead of twelve, with the
 * interpolation points 0, 1, -1, 2, -2 and infinity (Lavin and Gray, Fast Algorithms for Convolutional Neural
 * Networks, 2016). For six neighbours x and taps w, the results are `inverse · ((kernels · w) ⊙ (images · x))`.
 */

/** Neighbouring results that are computed together. */
export const tileExtent = 4;

/** Products for one tile. */
export const points = 6;

/** Which of the points is 1: whatever is added there reaches every result unchanged. */
export const unitPoint = 1;

/** `[6, 3]` */
export const kernelMatrix = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** `[4, 6]` */
export const inverseMatrix = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

const images = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** For all tiles of `extent` positions with one zero on either side: `[tiles · 6, extent]`. */
export function imageMatrix(extent: number): readonly (readonly number[])[] {
  const tiles = Math.ceil(extent / tileExtent);
  return Array.from({ length: tiles }, (_, tile) => tile * tileExtent - 1).flatMap((start) =>
    images.map((row) => Array.from({ length: extent }, (_, position) => row[position - start] ?? 0)),
  );
}
