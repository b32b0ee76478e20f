import type { Interval } from '../statistics/interval.js';

/** A difference of fractions in percentage points, with its sign: `+2.2`, `−1.0`, `0.0`. */
export function formatChange(fraction: number): string {
  if (!Number.isFinite(fraction)) return '–';
  const text = Math.abs(100 * fraction).toFixed(1);
  if (text === '0.0') return text;
  return `${fraction < 0 ? '−' : '+'}${text}`;
}

/** `−1.0 to +3.5` */
export function formatChangeInterval({ low, high }: Interval): string {
  return Number.isFinite(low) && Number.isFinite(high)
    ? `${formatChange(low)} to ${formatChange(high)}`
    : '–';
}

/** Two digits that count; what is smaller than 0.0001 is not told apart. */
export function formatPValue(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (value < 1e-4) return '< 0.0001';
  return value >= 0.995 ? '1' : String(Number(value.toPrecision(2)));
}
