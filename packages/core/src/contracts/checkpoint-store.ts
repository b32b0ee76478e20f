export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** How the file holds it. `int64` and `uint8` values are given and returned as float32. */
  readonly storage: 'float32' | 'int64' | 'uint8';
}

export interface StoredTensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads and writes named tensors. Core does not know the format; `@ard/checkpoints` brings safetensors. */
export interface CheckpointStore {
  /** Writes to a temporary file and renames, so that no reader ever sees half a file. */
  save(path: string, content: StoredTensors): Promise<void>;
  /** @throws ArdError when the file is missing, truncated or not of this format */
  load(path: string): Promise<StoredTensors>;
}
