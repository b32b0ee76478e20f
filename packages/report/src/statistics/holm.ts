/**
 * P-values adjusted for there being several (Holm 1979): a value below 0.05 means that the chance of even one false
 * discovery among all of them is below 0.05, however they depend on each other.
 *
 * @returns in the order given; NaN stays NaN and does not count as a test
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => a.value - b.value);
  const adjusted = new Array<number>(pValues.length).fill(NaN);
  let largest = 0;
  order.forEach(({ value, index }, rank) => {
    largest = Math.max(largest, Math.min(1, value * (order.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
