import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { hostArray, randomStream, type HostArray, type TensorRecord } from '@ard/core';
import { createOnnxEngine, type OnnxEngine } from '../../src/create-onnx-engine.js';
import { onnxEngineOptions } from '../../src/options.js';

export type Arrays = Readonly<Record<string, HostArray>>;
export type TensorFunction = (
  inputs: Readonly<Record<string, tf.Tensor>>,
) => tf.Tensor | readonly tf.Tensor[];

/** One function with inputs, to be computed by the engine and by tfjs's cpu backend. */
export interface Case {
  readonly name: string;
  readonly fn: TensorFunction;
  readonly inputs: Arrays;
  /** Inputs to differentiate by; all float32 inputs unless told otherwise. */
  readonly differentiable?: readonly string[];
  /** Where tfjs's cpu gradient is wrong: finite differences alone decide. */
  readonly oracleLacksGradient?: boolean;
  /** Relative to the largest value; 1e-5 unless told otherwise. */
  readonly tolerance?: number;
}

/** Gaussian numbers that depend on the key and shape only. */
export function noise(key: string, ...shape: number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return hostArray(randomStream(1).derive(key, shape.join()).normal(size), shape);
}

export function uniform(key: string, low: number, high: number, ...shape: number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return hostArray(randomStream(1).derive(key, shape.join()).uniform(size, low, high), shape);
}

export function integers(key: string, bound: number, ...shape: number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return hostArray(randomStream(1).derive(key).integers(size, bound), shape);
}

export function testEngine(options: Record<string, unknown> = {}): Promise<OnnxEngine> {
  return createOnnxEngine(onnxEngineOptions.parse({ threads: 2, ...options }));
}

/** Runs a function eagerly on tfjs's cpu backend. */
export async function onCpu(fn: TensorFunction, inputs: Arrays): Promise<HostArray[]> {
  await tf.setBackend('cpu');
  const engine = tf.engine();
  engine.startScope();
  try {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape, dtype }]) => [
        name,
        tf.tensor(data, [...shape], dtype),
      ]),
    );
    return [fn(tensors)]
      .flat()
      .map((tensor) => hostArray(tensor.dataSync().slice() as Float32Array, tensor.shape));
  } finally {
    engine.endScope();
  }
}

/** Gradients of a weighted sum of the results; the weights make every element count differently. */
export function gradientOf(fn: TensorFunction, by: readonly string[]): TensorFunction {
  return (inputs) => {
    const total = (): tf.Scalar =>
      [fn(inputs)]
        .flat()
        .map((result) => {
          const weights = noise('weights', ...result.shape);
          return tf.sum<tf.Scalar>(tf.mul(tf.cast(result, 'float32'), tf.tensor(weights.data, result.shape)));
        })
        .reduce((a, b) => tf.add(a, b));
    const { grads } = tf.engine().gradients(
      total,
      by.map((name) => inputs[name]!),
      undefined,
      true,
    );
    return grads.map((gradient, index) => gradient ?? tf.zerosLike(inputs[by[index]!]!));
  };
}

export async function expectAgreement(
  engine: OnnxEngine,
  { name, fn, inputs, tolerance = 1e-5 }: Case,
): Promise<void> {
  const compiled = engine.compile(
    ((tensors: TensorRecord) =>
      Object.fromEntries(
        [fn(tensors as Record<string, tf.Tensor>)].flat().map((t, i) => [String(i), t]),
      )) as (inputs: TensorRecord) => TensorRecord,
    { name },
  );
  const results = Object.values(await compiled(inputs)) as HostArray[];
  await compiled.dispose();
  const expected = await onCpu(fn, inputs);
  expect(results.length).to.equal(expected.length);
  expected.forEach((want, index) =>
    expectClose(results[index]!, want, tolerance, `${name}, result ${index}`),
  );
}

export function expectClose(got: HostArray, want: HostArray, tolerance: number, what: string): void {
  expect(got.shape, `${what}: shape`).to.deep.equal(want.shape);
  const scale = Array.from(want.data)
    .filter((value) => Number.isFinite(value))
    .reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  want.data.forEach((value, index) => {
    const other = got.data[index]!;
    if (Object.is(value, other) || value === other) return;
    if (!(Math.abs(other - value) <= tolerance * scale)) {
      expect.fail(`${what}: element ${index} of [${want.shape.join(', ')}] is ${other}, not ${value}`);
    }
  });
}

/** The slope along a random direction, by central differences on the cpu backend, against the engine's gradient. */
export async function expectFiniteDifferences(engine: OnnxEngine, subject: Case): Promise<void> {
  const by = differentiableInputs(subject);
  const compiled = engine.compile(
    ((tensors: TensorRecord) =>
      Object.fromEntries(
        [gradientOf(subject.fn, by)(tensors as Record<string, tf.Tensor>)].flat().map((t, i) => [by[i]!, t]),
      )) as (inputs: TensorRecord) => TensorRecord,
    { name: subject.name },
  );
  const gradients = (await compiled(subject.inputs)) as Record<string, HostArray>;
  await compiled.dispose();
  for (const name of by) {
    const direction = noise(`direction ${name}`, ...subject.inputs[name]!.shape);
    const slope = dot(gradients[name]!, direction);
    const step = 1e-2;
    const at = async (distance: number): Promise<number> => {
      const { data, shape } = subject.inputs[name]!;
      const moved = hostArray(
        (data as Float32Array).map((value, i) => value + distance * direction.data[i]!),
        shape,
      );
      const results = await onCpu(subject.fn, { ...subject.inputs, [name]: moved });
      return results.reduce((sum, result) => sum + dot(result, noise('weights', ...result.shape)), 0);
    };
    const difference = ((await at(step)) - (await at(-step))) / (2 * step);
    const size = Math.sqrt(dot(gradients[name]!, gradients[name]!) * dot(direction, direction));
    expect(Math.abs(slope - difference), `${subject.name}: slope in ${name}`).to.be.below(5e-3 * size + 1e-3);
  }
}

export function differentiableInputs({ inputs, differentiable }: Case): readonly string[] {
  return differentiable ?? Object.keys(inputs).filter((name) => inputs[name]!.dtype === 'float32');
}

function dot(a: HostArray, b: HostArray): number {
  return Array.from(a.data).reduce((sum, value, index) => sum + value * b.data[index]!, 0);
}
