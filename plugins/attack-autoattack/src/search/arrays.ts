import { hostArray, type HostArray, type NdArray, type TypedArray } from '@ard/core';

/** Arrays whose first axis is the examples. */
export type Arrays = Readonly<Record<string, NdArray>>;

/** Some rows of an array, in the order given; rows may repeat. */
export async function rowsOf(array: NdArray, rows: readonly number[]): Promise<HostArray> {
  const values = await array.read();
  const width = values.length / array.shape[0]!;
  const data = new (values.constructor as new (length: number) => TypedArray)(rows.length * width);
  rows.forEach((from, to) => data.set(values.subarray(from * width, (from + 1) * width), to * width));
  return hostArray(data, [rows.length, ...array.shape.slice(1)]);
}

/** The same rows of every array. */
export async function rowsOfAll<Name extends string>(
  arrays: Readonly<Record<Name, NdArray>>,
  rows: readonly number[],
): Promise<Record<Name, HostArray>> {
  const entries = await Promise.all(
    Object.entries<NdArray>(arrays).map(async ([name, array]) => [name, await rowsOf(array, rows)] as const),
  );
  return Object.fromEntries(entries) as Record<Name, HostArray>;
}

/** `count` rows of one value. */
export function filled(count: number, value: number): HostArray {
  return hostArray(new Float32Array(count).fill(value), [count]);
}
