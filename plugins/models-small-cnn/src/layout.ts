import { ArdError, type ImageShape, type Model } from '@ard/core';
import type { SmallCnnOptions } from './small-cnn-options.js';

/** Builds one of the layouts of `small-cnn`. */
export type Layout = (options: SmallCnnOptions, shape: ImageShape, classes: number) => Model;

/** The widths asked for, or the layout's own pair. */
export function twoWidths(
  { layout, widths }: SmallCnnOptions,
  own: readonly [number, number],
): [number, number] {
  if (widths.length === 0) return [...own];
  const [first, second] = widths;
  if (first === undefined || second === undefined || widths.length > 2) {
    throw new ArdError(`small-cnn: the layout ${layout} has 2 stages, widths has ${widths.length} numbers`, {
      remedy: `Give two numbers, such as [${own.join(', ')}].`,
    });
  }
  return [first, second];
}

/** Rows and columns that are left after the convolutions. */
export function remaining(
  layout: string,
  { height, width }: ImageShape,
  shrink: (extent: number) => number,
): { readonly height: number; readonly width: number } {
  const left = { height: shrink(height), width: shrink(width) };
  if (left.height < 1 || left.width < 1) {
    throw new ArdError(`small-cnn: images of ${height}x${width} are too small for the layout ${layout}`, {
      remedy: 'Use the layout batch-norm, which takes any size.',
    });
  }
  return left;
}
