/**
 * Weights of DAFA (Lee et al., ICLR 2024; methods.md 5.6) from class-mean probabilities: each ordered pair of classes
 * moves weight from the easier class to the harder one, the more the closer they are.
 *
 * @param probabilities p[i][j]: mean softmax entry j over adversarial examples of class i
 * @param scale λ, 0 or more
 * @param minimum least weight; the released code has none, and a negative weight would mean a negative radius
 */
export function dafaWeights(
  probabilities: readonly (readonly number[])[],
  scale: number,
  minimum: number,
): number[] {
  const known = probabilities.map((row) => row.every((value) => !Number.isNaN(value)));
  return probabilities.map((row, i) => {
    let weight = 1;
    probabilities.forEach((other, j) => {
      if (i === j || !known[i] || !known[j]) return;
      const [own, others] = [row[i]!, other[j]!];
      weight += own < others ? scale * row[j]! * others : -scale * other[i]! * own;
    });
    return Math.max(weight, minimum);
  });
}
