/** What is in a checkpoint file, all but the numbers. */
export interface CheckpointOutline {
  readonly format: 'safetensors' | 'PyTorch zip' | 'PyTorch legacy pickle';
  /** Of the file. */
  readonly bytes: number;
  /** Keys on the way to the weights, from outside: `['state_dict']`; `[0]` for a list of one. */
  readonly wrapper: readonly string[];
  /** Numbers and texts beside the weights, such as the epoch. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly tensors: readonly OutlinedTensor[];
}

export interface OutlinedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** By its safetensors name, such as `F32`. */
  readonly type: string;
}
