import type { NdArray, TypedArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

/** Tensors of inputs that seldom change, kept on the backend until another array takes their place. */
export class FrozenTensors {
  private readonly slots = new Map<string, { array: NdArray; tensor: tf.Tensor }>();

  /** The tensor kept for this input, or undefined when the array is another one than last time. */
  find(path: string, array: NdArray): tf.Tensor | undefined {
    const slot = this.slots.get(path);
    return slot?.array === array ? slot.tensor : undefined;
  }

  keep(path: string, array: NdArray, values: TypedArray): tf.Tensor {
    this.slots.get(path)?.tensor.dispose();
    const tensor = tf.keep(tf.tensor(values, [...array.shape], array.dtype));
    this.slots.set(path, { array, tensor });
    return tensor;
  }

  dispose(): void {
    for (const { tensor } of this.slots.values()) tensor.dispose();
    this.slots.clear();
  }
}
