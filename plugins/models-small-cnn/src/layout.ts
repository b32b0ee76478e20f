import { ArdError, type ImageShape, type Model } from '@ard/core';
import type { SmallCnnOptions } from './small-cnn-options.js';

/** Builds one of the layouts of `small-cnn`. */
export type Layout = (options: SmallCnnOptions, shape: ImageShape, classes: number) => Model;

/** The widths asked for, or the layout's own; as many. */
export function stageWidths({ layout, widths }: SmallCnnOptions, own: readonly number[]): readonly number[] {
  if (widths.length === 0) return own;
  if (widths.length !== own.length) {
    throw new ArdError(
      `small-cnn: the layout ${layout} has ${own.length} stages, widths has ${widths.length} numbers`,
      { remedy: `Give ${own.length} numbers, such as [${own.join(', ')}].` },
    );
  }
  return widths;
}

/** The same of layouts with two stages. */
export function twoWidths(options: SmallCnnOptions, own: readonly [number, number]): [number, number] {
  const [first, second] = stageWidths(options, own);
  return [first!, second!];
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
