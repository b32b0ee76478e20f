import type { DataType, HostArray, NdArray, TypedArray } from './contracts/nd-array.js';

/**
 * Wraps a typed array as an immutable array in host memory. No copy is made.
 *
 * @param data row-major values; Float32Array is float32, Int32Array int32, Uint8Array bool
 * @throws RangeError when the shape does not hold exactly `data.length` values
 */
export function hostArray(data: TypedArray, shape: readonly number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length) {
    throw new RangeError(`hostArray: shape [${shape.join(', ')}] holds ${size} values, got ${data.length}`);
  }
  return {
    data,
    shape,
    dtype: dataTypeOf(data),
    read: () => Promise.resolve(data),
    dispose: () => undefined,
  };
}

/** A scalar of shape []. */
export function hostScalar(value: number): HostArray {
  return hostArray(Float32Array.of(value), []);
}

/** Whether the values can be had without asking a device. */
export function isHostArray(array: NdArray): array is HostArray {
  return 'data' in array;
}

function dataTypeOf(data: TypedArray): DataType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'bool';
}
