import type { LabelledImages } from '@ard/core';
import type { Evaluation } from '@ard/core/host';
import type { EvaluationRecord, ExampleImage } from '@ard/report';

/** A page of more pictures is not looked through. */
const mostExamples = 12;

/**
 * Broken images to show: the first of each class, so that nobody picks pretty ones.
 *
 * @returns undefined when the evaluation kept no images
 */
export function exampleImages(
  { verdicts, adversarials }: Evaluation,
  { images, shape }: LabelledImages,
): EvaluationRecord['examples'] {
  if (adversarials === undefined) return undefined;
  const size = shape.height * shape.width * shape.channels;
  const seen = new Set<number>();
  const chosen = verdicts.flatMap((verdict): ExampleImage[] => {
    const row = adversarials.indices.indexOf(verdict.index);
    if (row < 0 || seen.has(verdict.label) || seen.size === mostExamples) return [];
    seen.add(verdict.label);
    const { index } = verdict;
    return [
      {
        verdict,
        clean: Float32Array.from(images.subarray(index * size, (index + 1) * size), (byte) => byte / 255),
        adversarial: adversarials.images.subarray(row * size, (row + 1) * size),
      },
    ];
  });
  return chosen.length === 0 ? undefined : { shape, images: chosen };
}
