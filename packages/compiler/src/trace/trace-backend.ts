import * as tf from '@tensorflow/tfjs-core';
import { ArdError } from '@ard/core';
import { constantValue, scalarValue, typedArray } from '../ir/build.js';
import { expand } from '../ir/emit.js';
import type { ElementType, Shape, Value } from '../ir/graph.js';

/** What a kernel is given and returns: a piece of storage with a shape. */
type TensorInfo = Pick<tf.TensorInfo, 'dataId' | 'shape' | 'dtype'>;

export const traceBackendName = 'ard-trace';

/** Constants of one repeated value above this size become a scalar that is spread out. */
const largestLiteralSplat = 16;

/**
 * A tfjs backend that computes nothing: kernels leave graph values behind, one per piece of storage.
 * It works for one function at a time, between {@link begin} and {@link end}; tracing is synchronous.
 */
export class TraceBackend extends tf.KernelBackend {
  private known = new WeakMap<object, Value>();
  private functionName = '';

  begin(functionName: string): void {
    this.functionName = functionName;
    this.known = new WeakMap();
  }

  end(): void {
    this.known = new WeakMap();
  }

  /** The graph value in a tensor; a concrete tensor of another backend becomes a constant. */
  symbolOf(tensor: TensorInfo): Value {
    const value = this.known.get(tensor.dataId);
    if (value) return value;
    const owner = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
    if (!owner || owner === this) {
      throw new ArdError(`${this.functionName}: uses a tensor that belongs to another compiled function.`, {
        remedy: 'Pass it in as an input of the compiled function.',
      });
    }
    const data = owner.readSync(tensor.dataId);
    const constant = literal(
      data as ArrayLike<number>,
      tensor.shape,
      elementType(tensor.dtype, this.functionName),
    );
    this.known.set(tensor.dataId, constant);
    return constant;
  }

  /** Storage for a value, as kernels return it. */
  infoOf(value: Value): tf.TensorInfo {
    const dataId = {};
    this.known.set(dataId, value);
    if (value.type === 'int64') throw new Error('int64 values stay inside the compiler');
    return { dataId, shape: [...value.shape], dtype: value.type };
  }

  /** tfjs makes concrete tensors (`tf.scalar`, `tf.ones`) by writing their values. */
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.known.set(
      dataId,
      literal(values as ArrayLike<number>, shape, elementType(dtype, this.functionName)),
    );
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): void {
    this.known.set(
      dataId,
      literal(values as ArrayLike<number>, shape, elementType(dtype, this.functionName)),
    );
  }

  override readSync(): never {
    throw new ArdError(
      `${this.functionName}: reads the values of a tensor (dataSync, arraySync, print) while it is being compiled.`,
      {
        remedy:
          'Compiled functions are pure: return the tensor as a result and read it outside, or run with --engine tfjs.',
      },
    );
  }

  override read(): Promise<never> {
    return Promise.reject(
      new ArdError(
        `${this.functionName}: reads the values of a tensor (data, array) while it is being compiled.`,
        {
          remedy: 'Compiled functions are pure: return the tensor as a result and read it outside.',
        },
      ),
    );
  }

  override disposeData(): boolean {
    return true;
  }

  override incRef(): void {
    // storage is a name for a graph value; there is nothing to keep alive
  }

  override refCount(): number {
    return 1;
  }

  override numDataIds(): number {
    return 0;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.end();
  }
}

function elementType(dtype: tf.DataType, functionName: string): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new ArdError(`${functionName}: ${dtype} tensors cannot be compiled.`, {
    remedy: 'Use float32, int32 or bool tensors, or run with --engine tfjs.',
  });
}

/** Copies, because tfjs may reuse the array; repeated values (`tf.ones`) are kept as one number. */
function literal(values: ArrayLike<number>, shape: Shape, type: ElementType): Value {
  const first = values[0];
  if (values.length > largestLiteralSplat && first !== undefined && isRepeated(values, first)) {
    return expand(scalarValue(first, type), shape);
  }
  return constantValue(typedArray(values, type), shape);
}

function isRepeated(values: ArrayLike<number>, first: number): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}
