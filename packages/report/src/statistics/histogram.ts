export interface Histogram {
  /** One more than there are bins; round numbers. */
  readonly edges: readonly number[];
  /** `[samples][bins]`: how many values of each sample fall into each bin, its lower edge included. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts several samples in the same bins of equal, round width. Values that are not finite are left out.
 *
 * @param wanted about how many bins there shall be
 */
export function histogram(samples: readonly (readonly number[])[], wanted = 30): Histogram {
  const finite = samples.map((values) => values.filter(Number.isFinite));
  const low = Math.min(...finite.map(smallest));
  const high = Math.max(...finite.map(largest));
  if (!(low <= high)) return { edges: [], counts: samples.map(() => []) };
  const width = roundWidth((high - low) / wanted || 1);
  const first = Math.floor(low / width);
  const bins = Math.floor(high / width) - first + 1;
  return {
    edges: Array.from({ length: bins + 1 }, (_, bin) => Number(((first + bin) * width).toPrecision(12))),
    counts: finite.map((values) => {
      const counts = new Array<number>(bins).fill(0);
      for (const value of values) counts[Math.floor(value / width) - first]!++;
      return counts;
    }),
  };
}

/** 1, 2 or 5 times a power of ten, so that an edge lies at 0 and axis labels are short. */
function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return [1, 2, 5, 10].find((step) => step * power >= width * 0.999)! * power;
}

// not Math.min(...values): there may be more values than a call takes arguments
function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
