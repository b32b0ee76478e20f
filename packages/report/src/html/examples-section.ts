import type { ImageShape } from '@ard/core';
import type { ExampleImage } from '../run-report.js';
import { escapeHtml } from './escape-html.js';
import type { Section } from './page.js';
import { pngDataUri } from './png-data-uri.js';

/** Images as they are, what the attack adds, and what becomes of them. */
export function examplesSection(
  examples: readonly ExampleImage[],
  shape: ImageShape,
  classNames: readonly string[],
): Section {
  const magnification = magnify(examples);
  const figures = examples.map((example) => exampleFigure(example, shape, classNames, magnification));
  return {
    title: 'Examples',
    body:
      `<div class="examples">${figures.join('\n')}</div>` +
      `<p class="note">From left to right: the image; what the attack adds, ${magnification} times, on grey; the two ` +
      'together, as the network saw it. One image of each class that was broken, as far as there are any.</p>',
  };
}

function exampleFigure(
  { verdict, clean, adversarial }: ExampleImage,
  shape: ImageShape,
  classNames: readonly string[],
  magnification: number,
): string {
  const { index, label, attackedPrediction, brokenBy, brokenByPart, brokenAtStep } = verdict;
  const own = classNames[label]!;
  const other = classNames[attackedPrediction]!;
  const difference = adversarial.map((value, at) => 0.5 + magnification * (value - clean[at]!));
  const image = (pixels: Float32Array, alternative: string): string =>
    `<img src="${pngDataUri(toBytes(pixels), shape)}" alt="${escapeHtml(alternative)}">`;
  const by =
    brokenBy === undefined ? '' : `, ${brokenBy}${brokenByPart === undefined ? '' : ` (${brokenByPart})`}`;
  const step = brokenAtStep === undefined ? '' : `, step ${brokenAtStep}`;
  return (
    `<figure>${image(clean, `test image ${index}, ${own}`)}` +
    `${image(difference, `perturbation of test image ${index}, magnified`)}` +
    `${image(adversarial, `test image ${index} attacked, taken for ${other}`)}` +
    `<figcaption><b>${escapeHtml(own)}</b> taken for <b>${escapeHtml(other)}</b>` +
    `<span class="note">image ${index}${escapeHtml(by + step)}</span></figcaption></figure>`
  );
}

/** As much as shows the strongest perturbation without clipping it. */
function magnify(examples: readonly ExampleImage[]): number {
  const largest = examples.reduce(
    (most, { clean, adversarial }) =>
      adversarial.reduce((found, value, at) => Math.max(found, Math.abs(value - clean[at]!)), most),
    0,
  );
  return largest === 0 ? 1 : Math.max(1, Math.floor(0.5 / largest));
}

function toBytes(pixels: Float32Array): Uint8Array {
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}
