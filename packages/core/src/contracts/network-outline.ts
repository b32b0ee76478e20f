import type { ImageShape } from './model.js';

/** A value that goes into a graph or comes out of it. */
export interface GraphValue {
  readonly name: string;
  /** Undefined where the file leaves an extent open. */
  readonly shape: readonly (number | undefined)[];
  readonly type: string;
}

/** What a file that holds a whole network says of itself, all but the numbers. */
export interface NetworkOutline {
  readonly format: string;
  /** Version of the operators. */
  readonly operatorSet: number;
  /** The program that wrote it; empty where it does not say. */
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly type: string;
  }[];
  /** How often each occurs, by name. */
  readonly operators: Readonly<Record<string, number>>;
  /** Those that cannot be differentiated, so that the network only computes logits. */
  readonly forwardOnly: readonly string[];
  /** The images that it takes; undefined where the file leaves their size open. */
  readonly images: ImageShape | undefined;
  readonly layout: 'nchw' | 'nhwc' | undefined;
  readonly classes: number | undefined;
  /** Why it cannot be used as a classifier of images. */
  readonly problem: string | undefined;
  /** What is known of the normalisation of its images, in words. */
  readonly normalisation: string | undefined;
}
