/** Under which names models keep the normalisation of their images; any of them after any wrapper's prefix. */
const pairs = [
  ['mu', 'sigma'],
  ['mean', 'std'],
  ['normalize.mean', 'normalize.std'],
  ['normalizer.mean', 'normalizer.std'],
  ['normalization.mean', 'normalization.std'],
] as const;

/**
 * The names of the two tensors that hold the mean and the standard deviation of the images, as RobustBench's models
 * keep them: one number per channel each, in whatever shape.
 *
 * @param tensors names and shapes
 */
export function normalisationTensors(
  tensors: ReadonlyMap<string, readonly number[]>,
): readonly [mean: string, std: string] | undefined {
  for (const [mean, std] of pairs) {
    for (const name of tensors.keys()) {
      if (name !== mean && !name.endsWith(`.${mean}`)) continue;
      const prefix = name.slice(0, name.length - mean.length);
      if (isPerChannel(tensors.get(name)) && isPerChannel(tensors.get(prefix + std)))
        return [name, prefix + std];
    }
  }
  return undefined;
}

function isPerChannel(shape: readonly number[] | undefined): boolean {
  if (shape === undefined) return false;
  const count = shape.reduce((product, extent) => product * extent, 1);
  return (count === 1 || count === 3) && shape.length <= 4;
}
