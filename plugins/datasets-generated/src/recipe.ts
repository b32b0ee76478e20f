import type { Draw } from './draw.js';

/** Writes the colour at a point of the image, `u` to the right and `v` down, both -1 to 1. */
export type Shade = (u: number, v: number, colour: Float64Array) => void;

/** How images of one class are painted. */
export interface Recipe {
  readonly name: string;
  /** @param pixel width of a pixel in the units of `u`, for smooth edges */
  paint(draw: Draw, pixel: number): Shade;
}
