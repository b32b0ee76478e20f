/** The few batch sizes that an attack uses, so that few shapes are ever compiled. */
export interface BatchSizes {
  /** The largest, for cutting many examples into batches. */
  readonly capacity: number;
  /** The smallest that holds so many examples, at most {@link capacity}. */
  fitting(examples: number): number;
  /**
   * Sizes of the batches that so many examples are run in: full ones, and for the rest whatever costs less, padding
   * one batch or running another small one.
   */
  plan(examples: number): readonly number[];
  /**
   * The same for many iterations in a row: batches about as large as the examples need, of one size that nothing was
   * compiled for perhaps, where the padding that this spares costs more than a compilation.
   */
  planFor(examples: number, iterations: number): readonly number[];
  /** Rows, padding included, that cost about as much as compiling for one more size. */
  readonly costPerSize: number;
}

/** What a batch costs beyond its rows, in parts of a full one: a guess that keeps batches from becoming tiny. */
const costPerBatch = 1 / 16;
/** On a small network; a compilation for a large one costs fewer rows. */
const costPerSize = 256;
/** Sizes there may be in all. */
const mostSizes = 16;

/** Full, three quarters, a half, and from there halves of halves down to four. */
export function batchSizes(capacity: number): BatchSizes {
  const sizes = [capacity, Math.ceil((3 * capacity) / 4)];
  for (let size = capacity / 2; size >= 4; size /= 2) sizes.push(Math.ceil(size));
  const fitting = (examples: number): number => sizes.findLast((size) => size >= examples) ?? capacity;
  const plans = new Map<number, readonly number[]>();

  const cost = (plan: readonly number[]): number =>
    plan.reduce((sum, size) => sum + size + costPerBatch * capacity, 0);
  function planRest(examples: number): readonly number[] {
    if (examples === 0) return [];
    const known = plans.get(examples);
    if (known) return known;
    let best: readonly number[] = [fitting(examples)];
    for (const size of sizes) {
      if (size >= examples) continue;
      const candidate = [size, ...planRest(examples - size)];
      if (cost(candidate) < cost(best)) best = candidate;
    }
    plans.set(examples, best);
    return best;
  }

  const step = Math.ceil(capacity / mostSizes);
  const plan = (examples: number): readonly number[] => [
    ...new Array<number>(Math.floor(examples / capacity)).fill(capacity),
    ...planRest(examples % capacity),
  ];

  return {
    capacity,
    fitting,
    plan,
    planFor(examples, iterations) {
      const usual = plan(examples);
      const batches = Math.ceil(examples / capacity);
      // in steps, so that a few examples less are no reason for one more size, whose weights take memory
      const size = Math.min(Math.ceil(examples / batches / step) * step, capacity);
      const evenly = new Array<number>(batches).fill(size);
      return (rowsIn(usual) - rowsIn(evenly)) * iterations >= costPerSize ? evenly : usual;
    },
    costPerSize,
  };
}

/** Rows of the batches of a plan, padding included. */
export function rowsIn(plan: readonly number[]): number {
  return plan.reduce((sum, size) => sum + size, 0);
}

/** `rows` and, behind them, its first row as often as it takes to fill a batch. */
export function padded(rows: readonly number[], size: number): number[] {
  return [...rows, ...new Array<number>(size - rows.length).fill(rows[0]!)];
}
