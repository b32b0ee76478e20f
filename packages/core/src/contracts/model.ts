import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { NdArray } from './nd-array.js';
import type { NetworkOutline } from './network-outline.js';
import type { RandomStream } from './random-stream.js';

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * `eval` normalises with running statistics and leaves them alone; `train` normalises with those of the batch
 * and returns updated running statistics.
 */
export type Mode = 'train' | 'eval';

/**
 * Values of a network, named and laid out as in PyTorch state dicts: convolution weights `[out, in, h, w]`,
 * linear weights `[out, in]`. Parameters are trained; statistics are batch norm's running buffers.
 */
export interface Variables {
  readonly parameters: Readonly<Record<string, NdArray>>;
  readonly statistics: Readonly<Record<string, NdArray>>;
}

/** The same inside a compiled function. */
export interface TensorVariables {
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly statistics: Readonly<Record<string, Tensor>>;
  readonly [key: string]: Readonly<Record<string, Tensor>>;
}

export interface VariableSpec {
  /** PyTorch state dict key, such as `layer1.0.conv1.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'parameter' | 'statistic';
  /** How checkpoints store it; `int64` only for `num_batches_tracked`, float32 in memory. */
  readonly storage: 'float32' | 'int64';
}

export interface Forward {
  /** `[batch, classes]`, before softmax. */
  readonly logits: Tensor2D;
  /** Running statistics after this pass: updated in `train` mode, the ones given in `eval` mode. */
  readonly statistics: Readonly<Record<string, Tensor>>;
}

/** What a network subtracts from images and then divides them by; one number per channel, or one for all. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A network as pure functions of its variables. Images are NHWC float32 in [0, 1]; normalisation is inside. */
export interface Model {
  /** For reports and checkpoints, such as `resnet-20`. */
  readonly name: string;
  readonly shape: ImageShape;
  readonly classes: number;
  /** Applied inside `apply`; here so that a checkpoint trained with another one can be refused. */
  readonly normalisation?: Normalisation;
  /** Every variable, in state dict order. */
  readonly variables: readonly VariableSpec[];
  init(random: RandomStream): Variables;
  /** Traced into compiled functions. */
  apply(variables: TensorVariables, images: Tensor4D, mode: Mode): Forward;
}

/** The component kind `model`: builds a network for images of some shape and a number of classes. */
export interface Architecture {
  build(shape: ImageShape, classes: number): Model;
  /**
   * Networks whose structure stands in the file of their values: reads both, in place of `build`.
   *
   * @throws ArdError when the file is damaged or does not fit the images
   */
  load?(
    path: string,
    shape: ImageShape,
    classes: number,
  ): Promise<{ readonly model: Model; readonly variables: Variables }>;
  /**
   * Of those with `load`: what such a file holds; nothing in it is run.
   *
   * @throws ArdError when the file is damaged
   */
  outline?(path: string): Promise<NetworkOutline>;
}

/** Names of a checkpoint's tensors as in PyTorch state dicts, without the prefixes of wrappers, and their shapes. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** Options under which an architecture may have the names and shapes of a checkpoint. */
export interface Recognition {
  /** As far as names and shapes tell; the others keep their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What they do not tell and was taken for granted, as users read it: `activation swish`. */
  readonly assumed?: string;
}
