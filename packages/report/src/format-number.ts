import type { Interval } from './statistics/interval.js';

/** `0.4567` as `45.7`; a dash where there is no number. */
export function formatPercent(fraction: number | null | undefined): string {
  return isNumber(fraction) ? (100 * fraction).toFixed(1) : '–';
}

/** `10000` as `10,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** Ends of an interval of fractions in percent: `40.4–59.6`. */
export function formatInterval({ low, high }: Interval): string {
  return isNumber(low) && isNumber(high) ? `${formatPercent(low)}–${formatPercent(high)}` : '–';
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
