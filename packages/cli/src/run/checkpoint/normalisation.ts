import { normalisationTensors, readCheckpoint, type CheckpointOutline } from '@ard/checkpoints';
import type { Component, Normalisation } from '@ard/core';

/** What a checkpoint says of the normalisation of its images, and where. */
export interface StatedNormalisation extends Normalisation {
  readonly origin: string;
}

/**
 * The normalisation that a checkpoint states: lists `mean` and `std` in its metadata, or two tensors beside the
 * weights. Undefined when it is silent, as nearly all files of PyTorch are.
 */
export async function statedNormalisation(
  path: string,
  outline: CheckpointOutline,
): Promise<StatedNormalisation | undefined> {
  const [mean, std] = [numbers(outline.metadata['mean']), numbers(outline.metadata['std'])];
  if (mean && std) return { mean, std, origin: 'metadata' };
  const names = normalisationTensors(new Map(outline.tensors.map(({ name, shape }) => [name, shape])));
  if (names === undefined) return undefined;
  const { tensors } = await readCheckpoint(path);
  const [means, deviations] = names.map((name) => [...tensors[name]!.data].map(rounded));
  return { mean: means!, std: deviations!, origin: `tensors ${names.join(' and ')}` };
}

/** What the sources of checkpoints normalise with (methods.md 1.1, 3.5, 8). */
export const normalisationHints: readonly (readonly [source: string, setting: string])[] = [
  ['Fair-ARD, RSLAD, TRADES, ARD, IAD, MTARD, AdaAD, GAIRAT', 'none: leave mean and std out'],
  ['robust_overfitting, CFA, DeepMind; CIFAR-10', 'mean=[0.4914,0.4822,0.4465] std=[0.2471,0.2435,0.2616]'],
  ['CFA, robust_overfitting; CIFAR-100', 'mean=[0.5071,0.4867,0.4408] std=[0.2675,0.2565,0.2761]'],
  ['DeepMind, RobustBench; CIFAR-100', 'mean=[0.5071,0.4865,0.4409] std=[0.2673,0.2564,0.2762]'],
  ['akamaster ResNets, ImageNet', 'mean=[0.485,0.456,0.406] std=[0.229,0.224,0.225]'],
];

/** Options `mean` and `std` for a model that has them. */
export function normalisationOptions(
  stated: Normalisation | undefined,
  { options }: Pick<Component, 'options'>,
): Readonly<Record<string, unknown>> {
  if (stated === undefined || !('mean' in options.shape) || !('std' in options.shape)) return {};
  return { mean: stated.mean, std: stated.std };
}

/** The warning where nobody says anything. */
export function silentNormalisation(path: string, slot: string): string {
  return (
    `Note: ${path} does not say how its images are normalised; it is used as a network for images in [0, 1] as they are. ` +
    `If its accuracy is too low, give the numbers it was trained with: --set ${slot}.mean=[…] --set ${slot}.std=[…]; ` +
    '`ard inspect` lists those of known sources.'
  );
}

function numbers(text: string | undefined): readonly number[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')
      ? value
      : undefined;
  } catch {
    return undefined; // the metadata of others may mean anything
  }
}

/** Float32 to the digits that people write. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
