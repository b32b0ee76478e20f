import type { Tensor } from '@tensorflow/tfjs-core';
import type { NdArray } from './nd-array.js';

/** A tree of symbolic (or eager) tfjs tensors: what the function inside {@link Engine.compile} sees. */
export type TensorTree = Tensor | { readonly [key: string]: TensorTree };
export type TensorRecord = { readonly [key: string]: TensorTree };

/** The same tree with concrete arrays at its leaves. */
export type Concrete<T> = T extends Tensor ? NdArray : { readonly [K in keyof T]: Concrete<T[K]> };

export interface CompileOptions {
  /** What the function is, for error messages, profiles and graph dumps: `pgd-step`, `train-step`. */
  readonly name: string;
  /**
   * Top-level inputs that seldom change between calls (parameters during an attack). Only a hint: the engine
   * may build their values into the graph, and must notice by array identity when they do change.
   */
  readonly frozen?: readonly string[];
}

/** Runs the compiled graph. Inputs and outputs are trees of arrays; calls may not overlap. */
export interface Compiled<I extends TensorRecord, O extends TensorRecord> {
  (inputs: Concrete<I>): Promise<Concrete<O>>;
  /** Releases sessions and memory. The function cannot be called afterwards. */
  dispose(): Promise<void>;
}

/**
 * Where tensor functions run. Compiled functions are pure: no value reads (`dataSync`), no hidden state, no
 * randomness other than inputs. An engine compiles once per set of input shapes and reuses the result.
 */
export interface Engine {
  /** The component id, such as `onnx`. */
  readonly id: string;
  /** What runs where, for reports: `ONNX Runtime 1.30.0, cpu, 2 threads`. */
  readonly description: string;
  compile<I extends TensorRecord, O extends TensorRecord>(
    fn: (inputs: I) => O,
    options: CompileOptions,
  ): Compiled<I, O>;
  /** Releases everything the engine owns, compiled functions included. */
  dispose(): Promise<void>;
}

/** Whether an engine can run on this machine, and if not, why and what to do. */
export type Availability =
  | { readonly available: true; readonly description: string }
  | { readonly available: false; readonly cause: string; readonly remedy: string };

/** One kind of hardware, or way to use it, that an engine can be told to run on. */
export interface EngineProvider {
  /** As the engine's option calls it: `webgpu`. */
  readonly name: string;
  readonly availability: Availability;
}
