import { fingerprint } from '@ard/data';
import { randomStream, type LabelledImages, type Split } from '@ard/core';
import { dealer } from './draw.js';
import { recipes } from './recipes.js';

export interface GenerateOptions {
  readonly split: Split;
  readonly count: number;
  readonly seed: number;
  /** 2 to 10. */
  readonly classes: number;
  /** Height and width in pixels. */
  readonly size: number;
}

/** Standard deviation of the pixel noise, [0, 1] scale. */
const noise = 0.025;

/**
 * Paints a split. Image `i` is of class `i mod classes` and depends on seed, split and `i` alone, so a larger split
 * begins with the images of a smaller one.
 */
export function generateImages({ split, count, seed, classes, size }: GenerateOptions): LabelledImages {
  const shape = { height: size, width: size, channels: 3 };
  const imageBytes = size * size * 3;
  const images = new Uint8Array(count * imageBytes);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % classes);
  const random = randomStream(seed).derive('generated', split);
  const colour = new Float64Array(3);
  const pixel = 2 / size;
  for (let index = 0, out = 0; index < count; index++) {
    const own = random.derive(index);
    const shade = recipes[labels[index]!]!.paint(dealer(own.derive('scene')), pixel);
    const grain = own.derive('noise').normal(imageBytes, 0, 255 * noise);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        shade((x + 0.5) * pixel - 1, (y + 0.5) * pixel - 1, colour);
        for (let channel = 0; channel < 3; channel++, out++) {
          const value = 255 * colour[channel]! + grain[out % imageBytes]!;
          images[out] = Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
  }
  return {
    shape,
    classNames: recipes.slice(0, classes).map(({ name }) => name),
    images,
    labels,
    count,
    source: `${count.toLocaleString('en')} images generated from seed ${seed}`,
    fingerprint: fingerprint(images),
  };
}
