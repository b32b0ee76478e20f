import type { ClassMetrics } from '@ard/core/host';
import type { Interval } from './interval.js';

/** What summarises accuracies over classes, in the order of {@link statisticsOf}. */
export const statisticNames = [
  'average',
  'worst',
  'meanOfWorst30',
  'normalisedStandardDeviation',
  'gap',
] as const;

export type StatisticName = (typeof statisticNames)[number];

export type StatisticIntervals = Readonly<Record<StatisticName, Interval>>;

export function statisticsOf({ worst, ...metrics }: ClassMetrics): readonly number[] {
  return statisticNames.map((name) => (name === 'worst' ? worst.accuracy : metrics[name]));
}

/** Gives what was made of {@link statisticsOf} its names. */
export function namedStatistics<Value>(values: readonly Value[]): Readonly<Record<StatisticName, Value>> {
  return Object.fromEntries(
    statisticNames.map((name, index) => [name, values[index]!]),
  ) as unknown as Readonly<Record<StatisticName, Value>>;
}
