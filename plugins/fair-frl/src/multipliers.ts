/** Brings multipliers to 0 or more and their sum to at most `limit` (methods.md 5.1, step 4). */
export function boundMultipliers(multipliers: readonly number[], limit: number): number[] {
  const positive = multipliers.map((value) => Math.max(value, 0));
  const total = positive.reduce((sum, value) => sum + value, 0);
  return total > limit ? positive.map((value) => (value / total) * limit) : positive;
}

/** Class weights of mean 1: `K · (1/K + (K−1)/K · λ_c − 1/K · Σ_{j≠c} λ_j)` (methods.md 5.1, step 5, times K). */
export function classWeights(multipliers: readonly number[]): number[] {
  const classes = multipliers.length;
  const total = multipliers.reduce((sum, value) => sum + value, 0);
  return multipliers.map((value) => 1 + (classes - 1) * value - (total - value));
}

/** Factors on the radius: `clip(exp(2 λ_c), 0.98, maximum)`. */
export function marginScales(multipliers: readonly number[], maximum: number): number[] {
  return multipliers.map((value) => Math.min(Math.max(Math.exp(2 * value), 0.98), maximum));
}
