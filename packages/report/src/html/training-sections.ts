import type { EpochFinished } from '@ard/core';
import { classLines } from '../charts/class-lines.js';
import { cleanColour, faint, robustColour, worstColour } from '../charts/colours.js';
import { epochLines } from '../charts/epoch-lines.js';
import { formatCount } from '../format-number.js';
import { escapeHtml } from './escape-html.js';
import type { Section } from './page.js';

/** Curves over the epochs of a training; empty without epochs. */
export function trainingSections(
  epochs: readonly EpochFinished[],
  classNames: readonly string[],
): readonly Section[] {
  if (epochs.length === 0) return [];
  const sections: Section[] = [
    {
      title: 'Training loss',
      body: epochLines([{ name: 'loss', colour: robustColour, values: epochs.map(({ loss }) => loss) }], {}),
    },
  ];
  if (epochs.some(({ evaluation }) => evaluation !== undefined)) {
    sections.push({ title: 'Accuracy during training', body: accuracyCurves(epochs) });
  }
  if (epochs.some(({ knobs }) => new Set(knobs.lossWeight).size > 1)) {
    sections.push({
      title: 'Class weights',
      body:
        classLines(
          classNames,
          epochs.map(({ knobs }) => knobs.lossWeight),
        ) +
        '<p class="note">Weight of the loss of each class while the epoch was trained; 1 changes nothing.</p>',
    });
  }
  const difficulties = epochs.flatMap(({ difficulty }) => (difficulty ? [difficulty] : []));
  if (difficulties.length === epochs.length) {
    sections.push({
      title: 'Class difficulty',
      body:
        classLines(
          classNames,
          difficulties.map(({ values }) => values),
        ) +
        `<p class="note">As the estimator measured it during the epoch (for Fair-ARD: kappa, the mean number of attack ` +
        `steps an image withstands); ${difficulties[0]!.harder} is harder. It sets the weights of the next epoch.</p>`,
    });
  }
  return sections;
}

function accuracyCurves(epochs: readonly EpochFinished[]): string {
  const percent = (pick: (epoch: EpochFinished) => number | undefined): readonly number[] =>
    epochs.map((epoch) => 100 * (pick(epoch) ?? NaN));
  const curves = epochLines(
    [
      { name: 'clean', colour: cleanColour, values: percent(({ evaluation }) => evaluation?.cleanAccuracy) },
      {
        name: 'robust',
        colour: robustColour,
        values: percent(({ evaluation }) => evaluation?.robustAccuracy),
      },
      {
        name: 'robust, worst class',
        colour: worstColour,
        values: percent(({ evaluation }) => evaluation?.worstClassRobustAccuracy),
      },
      {
        name: 'robust, training images',
        colour: faint,
        dashed: true,
        values: percent(({ training }) => weightedMean(training.robustAccuracy, training.counts)),
      },
    ],
    { unit: ' %', min: 0, max: 100 },
  );
  const evaluation = epochs.findLast((epoch) => epoch.evaluation !== undefined)!.evaluation!;
  return `${curves}<p class="note">${escapeHtml(evaluation.attack)}; n = ${formatCount(evaluation.count)}. On training images under the attack of the training.</p>`;
}

function weightedMean(accuracy: readonly (number | null)[], counts: readonly number[]): number {
  let correct = 0;
  let total = 0;
  counts.forEach((count, index) => {
    if (count === 0) return;
    correct += (accuracy[index] ?? NaN) * count;
    total += count;
  });
  return correct / total;
}
