import { ArdError, type LabelledImages } from '@ard/core';
import { classCounts } from './class-counts.js';
import { subset } from './subset.js';

/**
 * Takes `limit` images, equally many of each class as far as the classes reach: the first ones of each class, kept
 * in the order of the dataset. What `limit` leaves over after equal shares goes to the classes with the lowest
 * index that still have images, so two machines choose the same ones.
 *
 * @returns the same object when it has no more than `limit` images
 * @throws ArdError when `limit` is below 1
 */
export function limitSamples(images: LabelledImages, limit: number): LabelledImages {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new ArdError(`The number of samples must be a whole number of at least 1, got ${limit}`, {
      remedy: 'Leave the limit out to use all samples.',
    });
  }
  if (limit >= images.count) return images;
  const shares = equalShares(classCounts(images), limit);
  const positions = new Int32Array(limit);
  let taken = 0;
  for (let position = 0; taken < limit; position++) {
    const label = images.labels[position]!;
    if (shares[label]! > 0) {
      shares[label]!--;
      positions[taken++] = position;
    }
  }
  return subset(images, positions, `${limit.toLocaleString('en')} of them, the first of each class`);
}

/** Deals `limit` out one by one, round after round, to the classes that still have some. */
function equalShares(counts: readonly number[], limit: number): number[] {
  const shares = counts.map(() => 0);
  let left = limit;
  while (left > 0) {
    const open = counts.flatMap((count, label) => (shares[label]! < count ? [label] : []));
    const each = Math.max(1, Math.floor(left / open.length));
    for (const label of open) {
      const more = Math.min(each, counts[label]! - shares[label]!, left);
      shares[label]! += more;
      left -= more;
    }
  }
  return shares;
}
