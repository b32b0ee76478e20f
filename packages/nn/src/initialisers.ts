import type { RandomStream } from '@ard/core';

/**
 * First values of one variable.
 *
 * @param random a stream of this variable alone
 * @param shape of the variable, PyTorch's layout
 * @param fanIn inputs of one output of the layer: in / groups · kernel height · kernel width
 */
export type Initialiser = (random: RandomStream, shape: readonly number[], fanIn: number) => Float32Array;

/** PyTorch's default of convolution and linear layers, weight and bias: uniform in ±1/√fanIn. */
export const uniformFanIn: Initialiser = (random, shape, fanIn) => {
  const bound = 1 / Math.sqrt(fanIn);
  return random.uniform(size(shape), -bound, bound);
};

/** He et al. 2015 for ReLU: Gaussian with standard deviation √(2 / fanIn). */
export const kaimingNormal: Initialiser = (random, shape, fanIn) =>
  random.normal(size(shape), 0, Math.sqrt(2 / fanIn));

/** Convolutions of the TRADES wide ResNets: as {@link kaimingNormal} over out · kernel height · kernel width. */
export const kaimingNormalFanOut: Initialiser = (random, shape) => {
  const [outputs = 1, , ...kernel] = shape;
  return random.normal(size(shape), 0, Math.sqrt(2 / size([outputs, ...kernel])));
};

export const zeros: Initialiser = (_, shape) => new Float32Array(size(shape));

export const ones: Initialiser = (_, shape) => new Float32Array(size(shape)).fill(1);

function size(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
