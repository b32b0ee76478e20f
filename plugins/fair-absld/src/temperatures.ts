/**
 * One update of class temperatures (ABSLD, Zhao et al., NeurIPS 2024; methods.md 5.7): with `gap = G − mean(G)`,
 * `τ ← clip(τ − rate · gap / max|gap|, minimum, maximum)`. Classes with a larger loss get sharper labels.
 *
 * @param losses G per class, summed over an epoch
 */
export function updateTemperatures(
  temperatures: readonly number[],
  losses: readonly number[],
  { rate, minimum, maximum }: { rate: number; minimum: number; maximum: number },
): number[] {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const gaps = losses.map((loss) => loss - mean);
  const largest = Math.max(...gaps.map(Math.abs));
  return temperatures.map((temperature, index) => {
    const move = largest > 0 ? (rate * gaps[index]!) / largest : 0;
    return Math.min(Math.max(temperature - move, minimum), maximum);
  });
}
