import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NdArray } from './nd-array.js';

type Tensors = Readonly<Record<string, Tensor>>;

/** The component kind `optimizer`: a pure update, traced into the training step. */
export interface Optimizer {
  /** Before the schedule's factor. */
  readonly learningRate: number;
  /** State keyed by parameter name, such as momentum buffers. */
  init(parameters: Readonly<Record<string, NdArray>>): Readonly<Record<string, NdArray>>;
  update(inputs: {
    readonly parameters: Tensors;
    readonly gradients: Tensors;
    readonly state: Tensors;
    readonly learningRate: Scalar;
  }): { readonly parameters: Tensors; readonly state: Tensors };
}

/** Where training stands; both 0-based. */
export interface TrainingPosition {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** The component kind `schedule`: a factor on the optimizer's learning rate. */
export interface Schedule {
  factor(position: TrainingPosition): number;
}
