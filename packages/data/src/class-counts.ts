import type { LabelledImages } from '@ard/core';

/** Examples per class. */
export function classCounts(images: Pick<LabelledImages, 'labels' | 'classNames'>): readonly number[] {
  const counts = new Array<number>(images.classNames.length).fill(0);
  for (const label of images.labels) counts[label]!++;
  return counts;
}
