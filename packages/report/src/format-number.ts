/** `0.4567` as `45.7`; a dash where there is no number. */
export function formatPercent(fraction: number | null | undefined): string {
  return isNumber(fraction) ? (100 * fraction).toFixed(1) : '–';
}

/** `10000` as `10,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
