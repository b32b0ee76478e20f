import { ArdError, type LabelledImages } from '@ard/core';
import { classCounts } from './class-counts.js';
import { subset } from './subset.js';

export interface PerClassSplit {
  readonly training: LabelledImages;
  readonly heldOut: LabelledImages;
}

/**
 * Holds out a fixed number of images of each class for validation. No randomness: CFA holds out the first 100 of
 * each class, FRL and WAT the last 300 (methods.md 5).
 *
 * @param perClass at least 1
 * @throws ArdError when a class would have no image left to train on
 */
export function splitPerClass(
  images: LabelledImages,
  perClass: number,
  from: 'first' | 'last' = 'first',
): PerClassSplit {
  const counts = classCounts(images);
  const short = counts.findIndex((count) => count <= perClass);
  if (short >= 0) {
    throw new ArdError(
      `Holding out ${perClass} images per class leaves none to train on in class ` +
        `'${images.classNames[short]}', which has ${counts[short]} (${images.source})`,
      { remedy: 'Use more training samples or hold out fewer per class.' },
    );
  }
  const seen = counts.map(() => 0);
  const training: number[] = [];
  const heldOut: number[] = [];
  for (const [position, label] of images.labels.entries()) {
    const rank = seen[label]!++;
    const held = from === 'first' ? rank < perClass : rank >= counts[label]! - perClass;
    (held ? heldOut : training).push(position);
  }
  return {
    training: subset(images, Int32Array.from(training), `without the ${from} ${perClass} per class`),
    heldOut: subset(images, Int32Array.from(heldOut), `the ${from} ${perClass} per class`),
  };
}
