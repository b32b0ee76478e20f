// the umbrella package registers the gradients; its plain cpu backend is the oracle of the project
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

before(async () => {
  await tf.setBackend('cpu');
});

/** sin(0.7 i + 0.3) over a running index, as in the PyTorch scripts that the literals come from. */
export function wave<T extends tf.Tensor>(...shape: number[]): T {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(0.7 * i + 0.3)),
    shape,
  ) as T;
}

export function expectClose(actual: tf.Tensor, expected: readonly number[], tolerance = 1e-5): void {
  const values = actual.dataSync();
  expect(values.length, 'number of values').to.equal(expected.length);
  for (const [i, value] of values.entries()) {
    expect(value, `value ${i}`).to.be.closeTo(expected[i]!, tolerance * Math.max(1, Math.abs(expected[i]!)));
  }
}

/** Compares tf.grads with central differences of the scalar function, one element at a time. */
export function expectGradients(
  fn: (...inputs: tf.Tensor[]) => tf.Scalar,
  inputs: readonly tf.Tensor[],
  tolerance = 2e-3,
): void {
  const gradients = tf.grads(fn)([...inputs]);
  const step = 1e-2;
  inputs.forEach((input, which) => {
    const values = input.dataSync();
    const moved = (element: number, by: number): number => {
      const copy = Float32Array.from(values);
      copy[element] = copy[element]! + by;
      const at = inputs.map((other, i) => (i === which ? tf.tensor(copy, input.shape) : other));
      return fn(...at).dataSync()[0]!;
    };
    const differences = Array.from(values, (_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
    expectClose(gradients[which]!, differences, tolerance);
  });
}
