/** Accuracy over classes, fractions in [0, 1]. */
export interface ClassMetrics {
  readonly counts: readonly number[];
  /** Per class; NaN for a class without examples. */
  readonly accuracy: readonly number[];
  /** Over all samples. */
  readonly average: number;
  readonly worst: { readonly classIndex: number; readonly accuracy: number };
  readonly best: { readonly classIndex: number; readonly accuracy: number };
  /** Best minus worst accuracy. */
  readonly gap: number;
  /** Mean over the worst 30 % of the classes, at least one. */
  readonly meanOfWorst30: number;
  readonly standardDeviation: number;
  /** Standard deviation over mean of the class accuracies; lower is fairer (methods.md 7). */
  readonly normalisedStandardDeviation: number;
  readonly ddof: 0 | 1;
}

/**
 * Per-class metrics from counts of correct examples. Classes without examples are left out of every summary.
 *
 * @param ddof 0 for the population standard deviation, 1 for the sample's
 */
export function classMetrics(
  correct: readonly number[],
  counts: readonly number[],
  ddof: 0 | 1 = 0,
): ClassMetrics {
  const accuracy = counts.map((count, index) => (count === 0 ? NaN : correct[index]! / count));
  const ranked = accuracy
    .map((value, classIndex) => ({ classIndex, accuracy: value }))
    .filter((entry) => !Number.isNaN(entry.accuracy))
    .sort((a, b) => a.accuracy - b.accuracy || a.classIndex - b.classIndex);
  const none = { classIndex: -1, accuracy: NaN };
  const values = ranked.map((entry) => entry.accuracy);
  const mean = total(values) / values.length;
  const deviation = Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / (values.length - ddof));
  const worstCount = Math.max(1, Math.round(0.3 * values.length));
  return {
    counts,
    accuracy,
    average: total(correct) / total(counts),
    worst: ranked[0] ?? none,
    best: ranked.at(-1) ?? none,
    gap: (ranked.at(-1) ?? none).accuracy - (ranked[0] ?? none).accuracy,
    meanOfWorst30: total(values.slice(0, worstCount)) / Math.min(worstCount, values.length),
    standardDeviation: deviation,
    normalisedStandardDeviation: deviation / mean,
    ddof,
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
