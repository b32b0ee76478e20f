import {
  hostArray,
  type Concrete,
  type Engine,
  type HostArray,
  type NdArray,
  type TensorRecord,
  type TypedArray,
} from '@ard/core';
import { expect } from 'chai';

export type Arrays = Readonly<Record<string, NdArray>>;

/** A float32 array in host memory. */
export function floats(values: ArrayLike<number>, shape: readonly number[]): HostArray {
  return hostArray(Float32Array.from(values), shape);
}

/** An int32 vector in host memory. */
export function integers(values: ArrayLike<number>): HostArray {
  return hostArray(Int32Array.from(values), [values.length]);
}

/** Some rows of an array, in the order given. */
export function rows(array: HostArray, indices: readonly number[]): HostArray {
  const size = array.data.length / array.shape[0]!;
  const data = new (array.data.constructor as new (length: number) => TypedArray)(indices.length * size);
  indices.forEach((from, to) => data.set(array.data.subarray(from * size, (from + 1) * size), to * size));
  return hostArray(data, [indices.length, ...array.shape.slice(1)]);
}

/** The same rows of every array of a record. */
export function rowsOfAll<Name extends string>(
  arrays: Readonly<Record<Name, HostArray>>,
  indices: readonly number[],
): Record<Name, HostArray> {
  return mapRecord(arrays, (array) => rows(array, indices));
}

export function mapRecord<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  fn: (value: From, name: Name) => To,
): Record<Name, To> {
  const entries = Object.entries(record) as [Name, From][];
  return Object.fromEntries(entries.map(([name, value]) => [name, fn(value, name)])) as Record<Name, To>;
}

/** Copies an array from wherever it is. */
export async function toHost(array: NdArray): Promise<HostArray> {
  const values = await array.read();
  return hostArray(values.slice(), array.shape);
}

/** Copies of every array of a record. */
export async function allToHost<Name extends string>(
  arrays: Readonly<Record<Name, NdArray>>,
): Promise<Record<Name, HostArray>> {
  const entries = Object.entries(arrays) as [Name, NdArray][];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, array]) => [name, await toHost(array)] as const)),
  ) as Record<Name, HostArray>;
}

/** Compiles, calls once, disposes. */
export async function runOnce<I extends TensorRecord, O extends TensorRecord>(
  engine: Engine,
  name: string,
  fn: (inputs: I) => O,
  inputs: Concrete<I>,
): Promise<Concrete<O>> {
  const compiled = engine.compile(fn, { name });
  try {
    return await compiled(inputs);
  } finally {
    await compiled.dispose();
  }
}

/** Same shape, and every value within `tolerance`, relative for values above 1. Not-a-number is never close. */
export function expectClose(actual: HostArray, expected: HostArray, tolerance: number, what: string): void {
  expect(actual.shape, `shape of ${what}`).to.deep.equal(expected.shape);
  for (let i = 0; i < expected.data.length; i++) {
    const [got, wanted] = [actual.data[i]!, expected.data[i]!];
    if (!(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)))) {
      expect.fail(`${what}: value ${i} is ${got}, expected ${wanted} within ${tolerance}`);
    }
  }
}

/** Same shape, type and bits. */
export function expectSame(actual: HostArray, expected: HostArray, what: string): void {
  expect(actual.shape, `shape of ${what}`).to.deep.equal(expected.shape);
  expect(actual.dtype, `type of ${what}`).to.equal(expected.dtype);
  const at = expected.data.findIndex((value, index) => !Object.is(actual.data[index], value));
  if (at >= 0) {
    expect.fail(`${what}: value ${at} is ${actual.data[at]}, expected exactly ${expected.data[at]}`);
  }
}

export function isSame(one: HostArray, other: HostArray): boolean {
  return (
    one.data.length === other.data.length && one.data.every((value, i) => Object.is(value, other.data[i]))
  );
}

export function expectFinite(array: HostArray, what: string): void {
  const at = array.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) expect.fail(`${what}: value ${at} is ${array.data[at]}`);
}

export function isZero(array: HostArray): boolean {
  return array.data.every((value) => value === 0);
}
