import type { HostArray, NdArray, TypedArray } from '@ard/core';
import { rowsOfAll, type Arrays } from './arrays.js';
import { padded, type BatchSizes } from './batch-sizes.js';

/** An iteration over examples that know nothing of each other. */
export interface Walk {
  /** What an example keeps, such as its clean image; `[examples, …]` each. */
  readonly fixed: Arrays;
  /** What changes, `[examples, …]` each; `broken` `[examples]` is 0 or 1. */
  readonly state: Arrays & { readonly broken: NdArray };
  readonly ids: Int32Array;
  readonly iterations: number;
  /** Entries of the state that are wanted at the end; they no longer change once `broken` is 1. */
  readonly results: readonly string[];
  /** Whether broken examples leave. */
  readonly stopWhenBroken: boolean;
  /** One iteration over a batch; returns its new state. */
  step(batch: {
    readonly fixed: Arrays;
    readonly state: Arrays;
    readonly ids: Int32Array;
    readonly iteration: number;
  }): Promise<Arrays & { readonly broken: NdArray }>;
}

/**
 * Walks all examples in batches of few sizes. Broken examples leave as soon as what is left fits a smaller size,
 * so that cost falls with robustness.
 *
 * @returns the wanted entries of the final state, in the order of the examples
 */
export async function walk(walked: Walk, sizes: BatchSizes): Promise<Record<string, HostArray>> {
  const everyone = Array.from(walked.ids, (_, index) => index);
  const results = await blankResults(walked);
  for (let from = 0; from < everyone.length; from += sizes.capacity) {
    await walkBatch(walked, everyone.slice(from, from + sizes.capacity), sizes, results);
  }
  return results;
}

async function walkBatch(
  walked: Walk,
  examples: readonly number[],
  sizes: BatchSizes,
  results: Record<string, HostArray>,
): Promise<void> {
  let present = examples;
  const rows = padded(present, sizes.fitting(present.length));
  let ids = Int32Array.from(rows, (row) => walked.ids[row]!);
  let fixed: Arrays = await rowsOfAll(walked.fixed, rows);
  let state: Arrays = await rowsOfAll(walked.state, rows);

  for (let iteration = 0; iteration < walked.iterations; iteration++) {
    const next = await walked.step({ fixed, state, ids, iteration });
    release(state, next);
    state = next;
    if (!walked.stopWhenBroken) continue;

    const broken = await next.broken.read();
    const left = present.flatMap((_, place) => (broken[place] === 0 ? [place] : []));
    if (left.length === 0) break;
    const size = sizes.fitting(left.length);
    if (size >= ids.length) continue;
    await store(results, state, present);
    const places = padded(left, size);
    const previous = state;
    [fixed, state] = [await rowsOfAll(fixed, places), await rowsOfAll(state, places)];
    release(previous, state);
    const before = { ids, present };
    ids = Int32Array.from(places, (place) => before.ids[place]!);
    present = left.map((place) => before.present[place]!);
  }
  await store(results, state, present);
  release(state, {});
}

async function blankResults({ state, ids, results }: Walk): Promise<Record<string, HostArray>> {
  const everyone = Array.from(ids, (_, index) => index);
  const wanted = Object.fromEntries(results.map((name) => [name, state[name]!]));
  return rowsOfAll(wanted, everyone);
}

/** Writes the rows of the examples that are present; padding behind them is ignored. */
async function store(
  results: Record<string, HostArray>,
  state: Arrays,
  present: readonly number[],
): Promise<void> {
  for (const [name, { data, shape }] of Object.entries(results)) {
    const values: TypedArray = await state[name]!.read();
    const width = data.length / shape[0]!;
    // in place: nobody has been handed these arrays yet
    present.forEach((example, place) =>
      data.set(values.subarray(place * width, (place + 1) * width), example * width),
    );
  }
}

/** Frees what is not carried on. */
function release(previous: Arrays, next: Arrays): void {
  const kept = new Set(Object.values(next));
  for (const array of Object.values(previous)) if (!kept.has(array)) array.dispose();
}
