import type { ConvolutionWindow } from '../ir/weight-gradient.js';

/** One axis of the convolution whose window is dy and whose outputs are the taps of the kernel. */
export interface TapExtent {
  readonly before: number;
  readonly after: number;
  /** At least the extent of the kernel; what goes beyond is not wanted. */
  readonly outputs: number;
}

/**
 * @param size of x along the axis
 * @param positions of dy along it
 * @returns undefined where a padding would reach over the whole window, which ONNX Runtime refuses
 */
export function tapExtent(
  size: number,
  positions: number,
  { kernel, strides, dilations, pads }: ConvolutionWindow,
  axis: 0 | 1,
): TapExtent | undefined {
  const before = pads[axis];
  const covered = (positions - 1) * strides[axis] + 1;
  const after = Math.max(0, covered + (kernel[axis] - 1) * dilations[axis] - size - before);
  if (before >= covered || after >= covered) return undefined;
  const outputs = Math.floor((size + before + after - covered) / dilations[axis]) + 1;
  return { before, after, outputs };
}
