import {
  ArdError,
  type ArrayTree,
  type Compiled,
  type CompileOptions,
  type Concrete,
  type Engine,
  type NdArray,
  type TensorRecord,
  type TensorTree,
  type TypedArray,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { FrozenTensors } from './frozen-tensors.js';
import { onBackend } from './on-backend.js';
import { isArray, isTensor, leavesOf, mapTree, toHost } from './trees.js';
import { withoutReads } from './without-reads.js';

export interface EagerEngineOptions {
  /** The component id of the engine. */
  readonly id: string;
  /** Name of an initialised tfjs backend. */
  readonly backend: string;
  /** What runs where, for reports. */
  readonly description: string;
}

/**
 * An engine that does not compile: every call runs the function's kernels one by one on a tfjs backend.
 *
 * Inputs are uploaded for each call, frozen ones when their array is another than last time; outputs are copied
 * to the host. All tensors made during a call are gone when it ends, and the previously active backend is active
 * again.
 */
export function eagerEngine({ id, backend, description }: EagerEngineOptions): Engine {
  const alive = new Set<{ dispose(): Promise<void> }>();
  return {
    id,
    description,
    compile(fn, options) {
      const compiled = eagerFunction(fn, options, backend, () => alive.delete(compiled));
      alive.add(compiled);
      return compiled;
    },
    dispose: async () => {
      await Promise.all([...alive].map((compiled) => compiled.dispose()));
    },
  };
}

function eagerFunction<I extends TensorRecord, O extends TensorRecord>(
  fn: (inputs: I) => O,
  { name, frozen = [] }: CompileOptions,
  backend: string,
  onDispose: () => void,
): Compiled<I, O> {
  const kept = new FrozenTensors();
  const isFrozen = (path: string): boolean =>
    frozen.some((key) => path === key || path.startsWith(`${key}.`));
  let disposed = false;

  function upload(array: NdArray, values: TypedArray, path: string): tf.Tensor {
    if (isFrozen(path)) return kept.find(path, array) ?? kept.keep(path, array, values);
    return tf.tensor(values, [...array.shape], array.dtype);
  }

  function evaluate(inputs: Concrete<I>, values: ReadonlyMap<NdArray, TypedArray>): TensorTree {
    return tf.tidy(() => {
      const tensors = mapTree<NdArray, tf.Tensor>(inputs as ArrayTree, isArray, (array, path) =>
        upload(array, values.get(array)!, path),
      );
      const outputs = withoutReads(name, () => fn(tensors as I));
      // clones live on when the inputs they may be identical to go
      return mapTree(outputs as TensorTree, isTensor, (tensor) => tf.clone(tensor)) as tf.TensorContainer;
    }) as TensorTree;
  }

  const call = async (inputs: Concrete<I>): Promise<Concrete<O>> => {
    if (disposed) throw new Error(`${name} was called after its dispose()`);
    const arrays = leavesOf<NdArray>(inputs as ArrayTree, isArray);
    const values = new Map(
      await Promise.all(arrays.map(async (array) => [array, await array.read()] as const)),
    );
    const outputs = onBackend(backend, () =>
      explainMissingKernel(name, backend, () => evaluate(inputs, values)),
    );
    const tensors = leavesOf<tf.Tensor>(outputs, isTensor);
    try {
      const host = new Map(
        await Promise.all(tensors.map(async (tensor) => [tensor, await toHost(tensor, name)] as const)),
      );
      return mapTree(outputs, isTensor, (tensor) => host.get(tensor)!) as Concrete<O>;
    } finally {
      tf.dispose(tensors);
    }
  };
  return Object.assign(call, {
    dispose: () => {
      disposed = true;
      kept.dispose();
      onDispose();
      return Promise.resolve();
    },
  });
}

function explainMissingKernel<Result>(name: string, backend: string, fn: () => Result): Result {
  try {
    return fn();
  } catch (error) {
    const kernel =
      error instanceof Error ? /^Kernel '(\w+)' not registered/.exec(error.message)?.[1] : undefined;
    if (kernel === undefined) throw error;
    throw new ArdError(
      `${name} needs the tfjs kernel ${kernel}, which the backend ${backend} does not have.`,
      {
        remedy: 'Use another engine: onnx, or tfjs with backend=cpu, which has every kernel.',
        cause: error,
      },
    );
  }
}
