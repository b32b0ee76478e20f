/** Shares of 0 or more scaled to mean 1 over classes that have one; the others, with NaN, keep 1. */
export function meanOne(shares: readonly number[]): number[] {
  const known = shares.filter((share) => !Number.isNaN(share));
  const mean = known.reduce((sum, share) => sum + share, 0) / known.length;
  return shares.map((share) => (Number.isNaN(share) || mean === 0 ? 1 : share / mean));
}
