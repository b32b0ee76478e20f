// the umbrella package registers the gradients and the plain cpu backend
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape, Model, TensorVariables, VariableSpec } from '@ard/core';
import { expect } from 'chai';

before(async () => {
  await tf.setBackend('cpu');
});

/** sin(0.7 i + phase) over a running index. */
export function wave(shape: readonly number[], phase: number): tf.Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(0.7 * i + phase)),
    [...shape],
  );
}

/** Values that the PyTorch script behind the expected numbers gave to the same names: waves by position. */
export function waveVariables(model: Model): TensorVariables {
  const of = (kind: VariableSpec['kind']) =>
    Object.fromEntries(
      model.variables.flatMap((spec, position) =>
        spec.kind === kind ? [[spec.name, waveValue(spec, position)] as const] : [],
      ),
    );
  return { parameters: of('parameter'), statistics: of('statistic') };
}

function waveValue({ name, shape }: VariableSpec, position: number): tf.Tensor {
  if (name.endsWith('num_batches_tracked')) return tf.scalar(0);
  const values = tf.mul(wave(shape, position), 0.3);
  if (name.endsWith('running_var')) return tf.add(1, tf.abs(values));
  return shape.length === 1 && name.endsWith('weight') ? tf.add(1, values) : values;
}

/** Images of the same kind, in [0, 1]. */
export function waveImages(count: number, { height, width, channels }: ImageShape): tf.Tensor4D {
  return tf.div(tf.add(wave([count, height, width, channels], 0), 1), 2);
}

export function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  expect(values.length).to.equal(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => expect(values[i], `value ${i}`).to.be.closeTo(value, 1e-4 * scale));
}
