import { ArdError, type Model, type Normalisation } from '@ard/core';

const none: Normalisation = { mean: [0], std: [1] };

/** What a checkpoint says about the normalisation inside its model: `mean` and `std` as JSON lists. */
export function normalisationMetadata(model: Model): Readonly<Record<string, string>> {
  const { mean, std } = model.normalisation ?? none;
  return { mean: JSON.stringify(mean), std: JSON.stringify(std) };
}

/**
 * Compares the normalisation that a checkpoint was trained with, where it says so, with that of the model. Names
 * and shapes fit either way, and only the accuracy would be wrong.
 *
 * @throws ArdError when they differ
 */
export function checkNormalisation(
  model: Model,
  metadata: Readonly<Record<string, string>>,
  source: string,
): void {
  const [mean, std] = [numbers(metadata['mean']), numbers(metadata['std'])];
  if (!mean || !std) return;
  const own = model.normalisation ?? none;
  if (isSame(mean, own.mean, model.shape.channels) && isSame(std, own.std, model.shape.channels)) return;
  throw new ArdError(
    `${source} was trained on images normalised with ${inWords({ mean, std })}, but ${model.name} has ${inWords(own)}.`,
    { remedy: `Set the options of the model: ${inWords({ mean, std })}.` },
  );
}

function numbers(text: string | undefined): readonly number[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
  } catch {
    return undefined; // the metadata of others may mean anything
  }
}

/** Up to the digits that papers leave out. */
function isSame(a: readonly number[], b: readonly number[], channels: number): boolean {
  const at = (values: readonly number[], channel: number): number =>
    values[values.length === 1 ? 0 : channel] ?? NaN;
  return Array.from({ length: channels }, (_, i) => Math.abs(at(a, i) - at(b, i)) < 1e-4).every(Boolean);
}

function inWords({ mean, std }: Normalisation): string {
  return `mean [${mean.join(', ')}] and std [${std.join(', ')}]`;
}
