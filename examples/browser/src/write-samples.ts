import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { LabelledImages } from '@ard/core';
import type { Sample } from './site.js';

const folder = 'samples';

/** Writes the first pictures of every class in turn, as many as wanted: none is picked by what the student makes of it. */
export async function writeSamples(
  { images, labels, shape, classNames, count }: LabelledImages,
  wanted: number,
  out: string,
): Promise<readonly Sample[]> {
  const { height, width, channels } = shape;
  const rounds = new Map<number, number>();
  const inTurn = Array.from({ length: count }, (_, index) => {
    const label = labels[index]!;
    const round = rounds.get(label) ?? 0;
    rounds.set(label, round + 1);
    return { index, label, rank: round * classNames.length + label };
  });
  const chosen = inTurn.sort((one, other) => one.rank - other.rank).slice(0, wanted);
  rmSync(join(out, folder), { recursive: true, force: true });
  mkdirSync(join(out, folder), { recursive: true });
  const size = height * width * channels;
  return await Promise.all(
    chosen.map(async ({ index, label }) => {
      const file = `${folder}/${index}.png`;
      const pixels = images.subarray(index * size, (index + 1) * size);
      await sharp(pixels, { raw: { width, height, channels: channels as 1 | 3 } }).toFile(join(out, file));
      return { file, label };
    }),
  );
}
