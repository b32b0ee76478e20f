/** A 95 % confidence interval; NaN where there is nothing to estimate from. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Where an interval came from, to be printed beside it. */
export type IntervalMethod = 'wilson' | 'bootstrap';
