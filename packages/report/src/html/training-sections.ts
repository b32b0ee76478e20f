import type { EpochFinished } from '@ard/core';
import { classLines } from '../charts/class-lines.js';
import { classColours, cleanColour, faint, robustColour, worstColour } from '../charts/colours.js';
import { epochLines, type EpochLine } from '../charts/epoch-lines.js';
import { formatCount } from '../format-number.js';
import { escapeHtml } from './escape-html.js';
import { knobSections } from './knob-sections.js';
import type { Section } from './page.js';
import { stateSections } from './state-sections.js';

/** Curves over the epochs of a training; empty without epochs. */
export function trainingSections(
  epochs: readonly EpochFinished[],
  classNames: readonly string[],
): readonly Section[] {
  if (epochs.length === 0) return [];
  return [
    { title: 'Training loss', body: lossCurves(epochs) },
    ...(epochs.some(({ evaluation }) => evaluation)
      ? [{ title: 'Accuracy during training', body: accuracyCurves(epochs) }]
      : []),
    ...classCurves(epochs, classNames),
    ...difficultySection(epochs, classNames),
    ...knobSections(epochs, classNames),
    ...stateSections(epochs, classNames),
  ];
}

function lossCurves(epochs: readonly EpochFinished[]): string {
  const names = [...new Set(epochs.flatMap(({ terms }) => Object.keys(terms)))];
  const terms = names.map((name, index): EpochLine => ({
    name: `term: ${name}`,
    colour: classColours[(index + 1) % classColours.length]!,
    dashed: true,
    values: epochs.map((epoch) => epoch.terms[name]),
  }));
  const loss = { name: 'loss', colour: robustColour, values: epochs.map((epoch) => epoch.loss) };
  const rates = epochs.map(({ learningRate }) => learningRate);
  return (
    epochLines([loss, ...(terms.length > 1 ? terms : [])], { what: 'training loss' }) +
    (terms.length > 1 ? '<p class="note">Terms before their coefficients.</p>' : '') +
    (new Set(rates).size > 1
      ? `<h3>Learning rate</h3>${epochLines(
          [{ name: 'learning rate', colour: robustColour, values: rates }],
          {
            what: 'the learning rate at the end of each epoch',
            min: 0,
          },
        )}`
      : '')
  );
}

function accuracyCurves(epochs: readonly EpochFinished[]): string {
  const percent = (pick: (epoch: EpochFinished) => number | undefined): readonly number[] =>
    epochs.map((epoch) => 100 * (pick(epoch) ?? NaN));
  const line = (
    name: string,
    colour: string,
    pick: (epoch: EpochFinished) => number | undefined,
  ): EpochLine => ({ name, colour, values: percent(pick) });
  const curves = epochLines(
    [
      line('clean', cleanColour, ({ evaluation }) => evaluation?.cleanAccuracy),
      line('robust', robustColour, ({ evaluation }) => evaluation?.robustAccuracy),
      line('robust, worst class', worstColour, ({ evaluation }) => evaluation?.worstClassRobustAccuracy),
      {
        ...line('robust, training images', faint, ({ training }) =>
          weightedMean(training.robustAccuracy, training.counts),
        ),
        dashed: true,
      },
    ],
    { what: 'accuracy', unit: ' %', min: 0, max: 100 },
  );
  const evaluation = epochs.findLast((epoch) => epoch.evaluation !== undefined)!.evaluation!;
  return `${curves}<p class="note">${escapeHtml(evaluation.attack)}; n = ${formatCount(evaluation.count)}. On training images under the attack of the training.</p>`;
}

/** Robust accuracy of every class: on test images where they were evaluated often enough, else on training images. */
function classCurves(epochs: readonly EpochFinished[], classNames: readonly string[]): readonly Section[] {
  const evaluated = epochs.filter(({ evaluation }) => evaluation !== undefined).length > 1;
  const values = epochs.map(({ evaluation, training }) =>
    (evaluated ? evaluation?.perClass : training)?.robustAccuracy.map((value: number | null) =>
      value === null ? null : 100 * value,
    ),
  );
  if (!values.flat().some((value) => Number.isFinite(value))) return [];
  const where = evaluated ? 'test images' : 'training images, under the attack of the training';
  return [
    {
      title: 'Robust accuracy of each class',
      body:
        classLines(classNames, values, { what: 'robust accuracy per class', unit: ' %', min: 0, max: 100 }) +
        `<p class="note">On ${where}.</p>`,
    },
  ];
}

function difficultySection(
  epochs: readonly EpochFinished[],
  classNames: readonly string[],
): readonly Section[] {
  const first = epochs.find(({ difficulty }) => difficulty !== undefined)?.difficulty;
  if (first === undefined) return [];
  return [
    {
      title: 'Class difficulty',
      body:
        classLines(
          classNames,
          epochs.map(({ difficulty }) => difficulty?.values),
          { what: 'difficulty per class' },
        ) +
        `<p class="note">As the estimator measured it during the epoch (for Fair-ARD: kappa, the mean number of attack ` +
        `steps an image withstands); ${first.harder} is harder. It sets the knobs of the next epoch.</p>`,
    },
  ];
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
