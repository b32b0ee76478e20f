import { type BatchSizes, hostArray, type HostArray, type RandomStream, rowsOfAll } from '@ard/core';
import type { Examples, Findings } from './search.js';

/** The examples with these indices. */
export async function someOf(examples: Examples, rows: readonly number[]): Promise<Examples> {
  const { images, labels, epsilon, cleanLogits, ids } = examples;
  return {
    ...(await rowsOfAll({ images, labels, epsilon, cleanLogits }, rows)),
    ids: Int32Array.from(rows, (row) => ids[row]!),
  };
}

/**
 * Several independent tries (restarts, target classes, attacks), the worst of which counts for each example: one
 * that breaks it before one that does not, then the higher score.
 *
 * @param stopWhenBroken broken examples are left out of later tries
 */
export async function worstOf(
  examples: Examples,
  { random, sizes }: { readonly random: RandomStream; readonly sizes: BatchSizes },
  { attempts, stopWhenBroken }: { readonly attempts: number; readonly stopWhenBroken: boolean },
  attempt: (
    examples: Examples,
    number: number,
    run: { random: RandomStream; sizes: BatchSizes },
  ) => Promise<Findings>,
): Promise<Findings> {
  const everyone = Array.from(examples.ids, (_, index) => index);
  let worst: Findings | undefined;
  for (let number = 0; number < attempts; number++) {
    const rows = everyone.filter((row) => !(stopWhenBroken && worst?.broken[row]));
    if (rows.length === 0) break;
    const chosen = rows.length === everyone.length ? examples : await someOf(examples, rows);
    const found = await attempt(chosen, number, { random: random.derive('try', number), sizes });
    worst = worst ? merged(worst, found, rows) : found;
  }
  if (!worst) throw new RangeError('worstOf: at least one attempt is needed');
  return worst;
}

/** `found` holds the examples `rows` of `worst`. */
function merged(worst: Findings, found: Findings, rows: readonly number[]): Findings {
  const [broken, score, step] = [[...worst.broken], [...worst.score], [...worst.step]];
  const images = worst.images.data.slice();
  const width = images.length / worst.images.shape[0]!;
  rows.forEach((row, place) => {
    const breaks = found.broken[place]!;
    if (breaks === broken[row] ? !(found.score[place]! > score[row]!) : !breaks) return;
    broken[row] = breaks;
    score[row] = found.score[place]!;
    step[row] = found.step[place]!;
    images.set(found.images.data.subarray(place * width, (place + 1) * width), row * width);
  });
  return { images: hostArray(images, worst.images.shape), broken, score, step };
}

/** The class of rank `rank` (0 the best) that is not the label, by the clean logits; int32 `[examples]`. */
export async function targetClasses(examples: Examples, rank: number): Promise<HostArray> {
  const { cleanLogits, labels } = examples;
  const [count = 0, classes = 0] = cleanLogits.shape;
  const label = await labels.read();
  const targets = Int32Array.from({ length: count }, (_, row) => {
    const logits = cleanLogits.data.subarray(row * classes, (row + 1) * classes);
    const others = Array.from({ length: classes }, (_, index) => index).filter(
      (index) => index !== label[row],
    );
    return others.sort((one, other) => logits[other]! - logits[one]! || one - other)[rank]!;
  });
  return hostArray(targets, [count]);
}
