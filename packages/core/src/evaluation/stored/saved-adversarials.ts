import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointStore, StoredTensor } from '../../contracts/checkpoint-store.js';
import { ArdError } from '../../errors.js';

/** Images that broke samples, as `adversarials.safetensors` holds them. */
export interface SavedAdversarials {
  /** Indices of the samples in their split. */
  readonly indices: readonly number[];
  /** `[images, height, width, channels]` in [0, 1], row i belonging to `indices[i]`. */
  readonly images: Float32Array;
  readonly shape: readonly number[];
}

export const adversarialsFile = 'adversarials.safetensors';

/**
 * The content of `adversarials.safetensors`: `indices` and `images` (uint8), and for images that no longer break
 * their sample when rounded, `floatIndices` and `floatImages` (float32). Predictions on what is saved are therefore
 * the verdicts, whichever way it is saved.
 *
 * @param inFloat images to be kept as float32; the others are rounded to 8 bits
 */
export function adversarialTensors(
  { indices, images, shape }: SavedAdversarials,
  inFloat: (index: number) => boolean,
): Record<string, StoredTensor> {
  const rowsOf = (wanted: boolean): number[] =>
    indices.flatMap((index, row) => (inFloat(index) === wanted ? [row] : []));
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const pixels = (rows: readonly number[], scale: (value: number) => number): Float32Array => {
    const data = new Float32Array(rows.length * size);
    rows.forEach((from, to) =>
      data.set(images.subarray(from * size, (from + 1) * size).map(scale), to * size),
    );
    return data;
  };
  const part = (name: string, rows: readonly number[], storage: 'uint8' | 'float32') => ({
    [name === '' ? 'indices' : `${name}Indices`]: {
      shape: [rows.length],
      data: Float32Array.from(rows, (row) => indices[row]!),
      storage: 'int64' as const,
    },
    [name === '' ? 'images' : `${name}Images`]: {
      shape: [rows.length, ...shape.slice(1)],
      data: pixels(rows, storage === 'uint8' ? (value) => Math.round(value * 255) : (value) => value),
      storage,
    },
  });
  const [rounded, float] = [rowsOf(false), rowsOf(true)];
  return {
    ...(rounded.length > 0 || float.length === 0 ? part('', rounded, 'uint8') : {}),
    ...(float.length > 0 ? part('float', float, 'float32') : {}),
  };
}

/**
 * The images that broke samples, by index; undefined where the evaluation was told not to save them.
 *
 * @param directory of one network's evaluation
 * @throws ArdError when the file is damaged
 */
export async function readAdversarials(
  directory: string,
  store: CheckpointStore,
): Promise<SavedAdversarials | undefined> {
  const path = join(directory, adversarialsFile);
  if (!existsSync(path)) return undefined;
  const { tensors } = await store.load(path);
  const parts = [
    { indices: tensors.indices, images: tensors.images, scale: 255 },
    { indices: tensors.floatIndices, images: tensors.floatImages, scale: 1 },
  ].flatMap(({ indices, images, scale }) => (indices && images ? [{ indices, images, scale }] : []));
  if (parts.length === 0) throw new ArdError(`${path} holds no images of an evaluation.`);
  const rows = parts.flatMap(({ indices, images, scale }) =>
    Array.from(indices.data, (index, row) => ({ index, row, images, scale })),
  );
  const shape = parts[0]!.images.shape.slice(1);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = new Float32Array(rows.length * size);
  rows.sort((a, b) => a.index - b.index);
  rows.forEach(({ row, images, scale }, to) =>
    data.set(
      images.data.subarray(row * size, (row + 1) * size).map((value) => value / scale),
      to * size,
    ),
  );
  return { indices: rows.map(({ index }) => index), images: data, shape: [rows.length, ...shape] };
}
