import type { BatchSource } from '../contracts/batch.js';
import type { HostArray } from '../contracts/nd-array.js';
import { gathered } from '../examples/rows-of.js';

/** Images among which batches are refilled as they break. */
export interface Pool {
  readonly images: HostArray;
  readonly labels: HostArray;
  readonly ids: Int32Array;
  references: Readonly<Record<string, HostArray>>;
  /** Batches of the source that it holds, and the size of the first one. */
  readonly batches: number;
  readonly batchSize: number;
}

/** As many batches from `step` on as it takes to hold `size` images, at least one. */
export async function loadPool(source: BatchSource, step: number, size: number): Promise<Pool> {
  const batches = [await source.batch(0, step)];
  let count = batches[0]!.ids.length;
  while (count < size && step + batches.length < source.stepsPerEpoch) {
    const next = await source.batch(0, step + batches.length);
    batches.push(next);
    count += next.ids.length;
  }
  const rows = batches.map(({ ids }) => Array.from(ids, (_, row) => row));
  const joined = async (part: 'images' | 'labels'): Promise<HostArray> =>
    batches.length === 1
      ? batches[0]![part]
      : await gathered(
          batches.map((batch) => batch[part]),
          rows,
        );
  return {
    images: await joined('images'),
    labels: await joined('labels'),
    ids: Int32Array.from(batches.flatMap(({ ids }) => [...ids])),
    references: {},
    batches: batches.length,
    batchSize: batches[0]!.ids.length,
  };
}
