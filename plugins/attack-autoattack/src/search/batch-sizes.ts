/** The few batch sizes that an attack uses, so that few shapes are ever compiled. */
export interface BatchSizes {
  /** The largest, for cutting many examples into batches. */
  readonly capacity: number;
  /** The smallest that holds so many examples, at most {@link capacity}. */
  fitting(examples: number): number;
}

/**
 * Full, three quarters, a half, and from there halves of halves down to four: at most a third of a batch is
 * padding until few examples are left.
 */
export function batchSizes(capacity: number): BatchSizes {
  const sizes = [capacity, Math.ceil((3 * capacity) / 4)];
  for (let size = capacity / 2; size >= 4; size /= 2) sizes.push(Math.ceil(size));
  return {
    capacity,
    fitting: (examples) => sizes.findLast((size) => size >= examples) ?? capacity,
  };
}

/** `rows` and, behind them, its first row as often as it takes to fill a batch. */
export function padded(rows: readonly number[], size: number): number[] {
  return [...rows, ...new Array<number>(size - rows.length).fill(rows[0]!)];
}
