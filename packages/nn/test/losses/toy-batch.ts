import '@tensorflow/tfjs'; // the cpu backend and the gradients
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

/** The toy batch for which methods.md section 11 gives every number: two examples, three classes. */
export const toy = {
  labels: [0, 1],
  oneHot: tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]),
  studentAdversarial: tf.tensor2d([1, 1.2, 0.1, 0.5, 1.5, 1], [2, 3]),
  studentClean: tf.tensor2d([2, 1, 0.1, 0.5, 2.5, 0], [2, 3]),
  teacherClean: tf.tensor2d([3, 0.5, -0.5, 0, 3, 1], [2, 3]),
  teacherAdversarial: tf.tensor2d([1.5, 1, -0.5, 0, 2, 1], [2, 3]),
  cleanTeacher: tf.tensor2d([4, 0, -1, 0, 4, 0], [2, 3]),
};

export function expectClose(actual: tf.Tensor, expected: readonly number[], tolerance = 1e-6): void {
  const values = Array.from(actual.dataSync());
  expect(values).to.have.lengthOf(expected.length);
  values.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, tolerance));
}

/** Central differences of `fn` summed over the batch, at every entry of `at`. */
export function finiteDifferences(
  fn: (at: tf.Tensor2D) => tf.Tensor1D,
  at: tf.Tensor2D,
  step = 1e-2,
): number[] {
  const values = Array.from(at.dataSync());
  const sumAt = (index: number, change: number): number => {
    const moved = values.map((value, other) => (other === index ? value + change : value));
    return tf.sum(fn(tf.tensor2d(moved, at.shape))).dataSync()[0]!;
  };
  return values.map((_, index) => (sumAt(index, step) - sumAt(index, -step)) / (2 * step));
}
