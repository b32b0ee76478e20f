import type { HostArray, NdArray, TypedArray } from '../contracts/nd-array.js';
import { hostArray } from '../nd-array.js';

/** Arrays whose first axis is the examples. */
export type ExampleArrays = Readonly<Record<string, NdArray>>;

/** Some rows of an array, in the order given; rows may repeat. */
export async function rowsOf(array: NdArray, rows: readonly number[]): Promise<HostArray> {
  return gathered([array], [rows]);
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

/** Rows of several arrays behind one another: `rows[i]` of `arrays[i]`, first those of the first. */
export async function gathered(
  arrays: readonly NdArray[],
  rows: readonly (readonly number[])[],
): Promise<HostArray> {
  const [first] = arrays;
  const inner = first!.shape.slice(1);
  const width = inner.reduce((product, extent) => product * extent, 1);
  const values = await Promise.all(arrays.map((array) => array.read()));
  const count = rows.reduce((sum, { length }) => sum + length, 0);
  const data = new (values[0]!.constructor as new (length: number) => TypedArray)(count * width);
  let to = 0;
  values.forEach((source, index) => {
    for (const from of rows[index]!)
      data.set(source.subarray(from * width, (from + 1) * width), to++ * width);
  });
  return hostArray(data, [count, ...inner]);
}
