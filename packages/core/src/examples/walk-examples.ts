import type { HostArray, NdArray, TypedArray } from '../contracts/nd-array.js';
import { padded, rowsIn, type BatchSizes } from './batch-sizes.js';
import { gathered, rowsOfAll, type ExampleArrays } from './rows-of.js';

/** An iteration over examples that know nothing of each other. */
export interface Walk {
  /** What an example keeps, such as its clean image; `[examples, …]` each. */
  readonly fixed: ExampleArrays;
  /** What changes, `[examples, …]` each; `broken` `[examples]` is 0 or 1. */
  readonly state: ExampleArrays & { readonly broken: NdArray };
  readonly ids: Int32Array;
  readonly iterations: number;
  /** Entries of the state that are wanted at the end; they no longer change once `broken` is 1. */
  readonly results: readonly string[];
  /** Whether broken examples leave. */
  readonly stopWhenBroken: boolean;
  /** One iteration over a batch; returns its new state. */
  step(batch: {
    readonly fixed: ExampleArrays;
    readonly state: ExampleArrays;
    readonly ids: Int32Array;
    readonly iteration: number;
  }): Promise<ExampleArrays & { readonly broken: NdArray }>;
}

/** Some of the examples, and behind them padding that nobody looks at. */
interface WalkBatch {
  /** Their places in the walk. */
  readonly present: readonly number[];
  readonly ids: Int32Array;
  readonly fixed: ExampleArrays;
  state: ExampleArrays;
}

/**
 * Walks all examples in batches of few sizes, all batches at the same iteration. Broken examples leave, and those
 * left move together into fewer or smaller batches as soon as that saves rows, so that cost falls with robustness.
 * Sizes that fit exactly are compiled for where padding has cost, or will cost for sure, as much as that.
 *
 * @returns the wanted entries of the final state, in the order of the examples
 */
export async function walkExamples(walk: Walk, sizes: BatchSizes): Promise<Record<string, HostArray>> {
  const everyone = Array.from(walk.ids, (_, index) => index);
  const wanted = Object.fromEntries(walk.results.map((name) => [name, walk.state[name]!]));
  const results = await rowsOfAll(wanted, everyone);
  let batches = await regrouped(
    [{ present: everyone, ids: walk.ids, fixed: walk.fixed, state: walk.state }],
    [everyone],
    sizes.planFor(everyone.length, walk.iterations),
  );
  let padding = 0;
  for (let iteration = 0; iteration < walk.iterations && batches.length > 0; iteration++) {
    for (const batch of batches) {
      const { fixed, state, ids } = batch;
      batch.state = await walk.step({ fixed, state, ids, iteration });
      release(state, batch.state);
    }
    if (!walk.stopWhenBroken) continue;

    const left: (readonly number[])[] = [];
    for (const { state, present } of batches) {
      const broken = await state.broken!.read();
      left.push(present.flatMap((_, place) => (broken[place] === 0 ? [place] : [])));
    }
    const count = left.reduce((sum, { length }) => sum + length, 0);
    const rows = batches.reduce((sum, { ids }) => sum + ids.length, 0);
    padding += rows - count;
    const plan =
      padding < sizes.costPerSize ? sizes.plan(count) : sizes.planFor(count, walk.iterations - iteration - 1);
    if (rowsIn(plan) >= rows) continue;
    padding = 0;
    for (const batch of batches) await store(results, batch);
    const before = batches;
    batches = await regrouped(before, left, plan);
    for (const { state } of before) release(state, {});
  }
  for (const batch of batches) {
    await store(results, batch);
    release(batch.state, {});
  }
  return results;
}

/** The examples at places `left[i]` of `batches[i]`, in batches as planned. */
async function regrouped(
  batches: readonly WalkBatch[],
  left: readonly (readonly number[])[],
  plan: readonly number[],
): Promise<WalkBatch[]> {
  const where = left.flatMap((places, batch) => places.map((place) => ({ batch, place })));
  const next: WalkBatch[] = [];
  let from = 0;
  for (const size of plan) {
    const count = Math.min(size, where.length - from);
    const members = Array.from({ length: count }, (_, index) => where[from + index]!);
    const rows = batches.map((_, batch) =>
      members.flatMap((member) => (member.batch === batch ? [member.place] : [])),
    );
    next.push(await grouped(batches, rows, size));
    from += count;
  }
  return next;
}

async function grouped(
  batches: readonly WalkBatch[],
  rows: readonly (readonly number[])[],
  size: number,
): Promise<WalkBatch> {
  // padding repeats the first member, wherever it comes from
  const first = rows.findIndex(({ length }) => length > 0);
  const used = batches.flatMap((batch, index) => (rows[index]!.length > 0 ? [{ batch, index }] : []));
  const missing = size - rows.reduce((total, { length }) => total + length, 0);
  const sources = [...used.map(({ batch }) => batch), batches[first]!];
  const chosen = [...used.map(({ index }) => rows[index]!), padded([rows[first]![0]!], missing + 1).slice(1)];
  const pick = async (part: 'fixed' | 'state'): Promise<ExampleArrays> => {
    const names = Object.keys(batches[first]![part]);
    const arrays = names.map((name) =>
      gathered(
        sources.map((source) => source[part][name]!),
        chosen,
      ),
    );
    return Object.fromEntries((await Promise.all(arrays)).map((array, index) => [names[index]!, array]));
  };
  return {
    present: used.flatMap(({ batch, index }) => rows[index]!.map((place) => batch.present[place]!)),
    ids: Int32Array.from(sources.flatMap((source, at) => chosen[at]!.map((place) => source.ids[place]!))),
    fixed: await pick('fixed'),
    state: await pick('state'),
  };
}

/** Writes the rows of the examples that are present. */
async function store(results: Record<string, HostArray>, { state, present }: WalkBatch): Promise<void> {
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
function release(previous: ExampleArrays, next: ExampleArrays): void {
  const kept = new Set(Object.values(next));
  for (const array of Object.values(previous)) if (!kept.has(array)) array.dispose();
}
