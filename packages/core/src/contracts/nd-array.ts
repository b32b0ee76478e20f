/** Element types that cross the engine boundary. */
export type DataType = 'float32' | 'int32' | 'bool';
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/**
 * A concrete, immutable array, on the host or on an engine's device. Row-major; images are
 * `[batch, height, width, channels]`.
 *
 * Nobody writes into an array after handing it over: engines recognise unchanged arrays by identity.
 */
export interface NdArray {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** The values, row-major. The caller must not write into them. May copy from the device. */
  read(): Promise<TypedArray>;
  /** Frees device memory, where there is any. Safe to call twice. */
  dispose(): void;
}

/** An array whose values are already in host memory. */
export interface HostArray extends NdArray {
  readonly data: TypedArray;
}

/** A tree of arrays: what a compiled function takes and returns. */
export type ArrayTree = NdArray | { readonly [key: string]: ArrayTree };
