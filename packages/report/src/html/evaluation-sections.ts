import type { SampleVerdict } from '@ard/core/host';
import { classBars } from '../charts/class-bars.js';
import { cleanColour, worstColour } from '../charts/colours.js';
import { confusionMap } from '../charts/confusion-map.js';
import { epsilonLines } from '../charts/epsilon-lines.js';
import { histogramAreas } from '../charts/histogram-areas.js';
import { leastStepsBars } from '../charts/least-steps-bars.js';
import { intervalNote, summariseClasses, type ClassSummary } from '../class-summary.js';
import { formatInterval, formatPercent } from '../format-number.js';
import type { EvaluationRecord } from '../run-report.js';
import type { Interval } from '../statistics/interval.js';
import { histogram } from '../statistics/histogram.js';
import { leastSteps } from '../statistics/least-steps.js';
import { escapeHtml } from './escape-html.js';
import { examplesSection } from './examples-section.js';
import { htmlTable, numberCell } from './html-table.js';
import type { Section } from './page.js';

/** What an evaluation found, with its conditions beside the numbers. */
export function evaluationSections(record: EvaluationRecord): readonly Section[] {
  const summary = summariseClasses(record);
  const { epsilonCurve, examples, classNames, evaluation } = record;
  const conditions = note(summary.conditions);
  const sections: Section[] = [
    {
      title: 'Result',
      body:
        figures(summary) + warnings(record) + conditions + note(intervalNote(summary)) + attackList(record),
    },
    {
      title: 'Accuracy per class',
      body: classBars(summary) + note('Whiskers: 95 % intervals.') + conditions,
    },
    {
      title: 'Where attacked images are pushed to',
      body: `${confusionMap(record)}${note(
        'Percent of a class (row) that is taken for each class (column) under attack; what is right on the diagonal.',
      )}${conditions}`,
    },
  ];
  if (epsilonCurve !== undefined && epsilonCurve.length > 1) {
    sections.push({
      title: 'Robustness against the radius',
      body:
        epsilonLines(epsilonCurve, evaluation.counts, classNames) +
        note('Right at this and at every smaller radius; one thin line per class.'),
    });
  }
  if (evaluation.verdicts.length > 0) sections.push(...verdictSections(evaluation.verdicts, conditions));
  if (examples !== undefined && examples.images.length > 0) {
    sections.push(examplesSection(examples.images, examples.shape, classNames));
  }
  return sections;
}

function verdictSections(verdicts: readonly SampleVerdict[], conditions: string): readonly Section[] {
  const margins = histogram([
    verdicts.map(({ cleanMargin }) => cleanMargin),
    verdicts.map(({ attackedMargin }) => attackedMargin),
  ]);
  const steps = leastSteps(verdicts);
  const sections = [
    {
      title: 'Margins',
      body:
        histogramAreas(margins, {
          series: [
            { name: 'clean', colour: cleanColour },
            { name: 'under attack', colour: worstColour },
          ],
          axis: 'margin: logit of the class minus the largest other',
          mark: 0,
          label: 'Histogram of margins of clean and of attacked images; images below 0 are wrong.',
        }) +
        note('Images left of the dashed line are wrong.') +
        conditions,
    },
  ];
  if (steps.broken.length > 0) {
    sections.push({
      title: 'Least steps',
      body:
        leastStepsBars(steps) +
        note(
          'Images by the step at which the attack first made them wrong (kappa of this attack; 0 is its starting ' +
            'point). “wrong”: without attack; “never”: robust.',
        ),
    });
  }
  return sections;
}

function warnings({ remarks = [] }: EvaluationRecord): string {
  return remarks
    .map((remark) => `<p class="warning"><b>Not to be trusted as it stands.</b> ${escapeHtml(remark)}</p>`)
    .join('');
}

function note(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}

function figures({ clean, robust, worstName, ...summary }: ClassSummary): string {
  const { cleanIntervals, robustIntervals } = summary;
  const percent = (fraction: number): string => `${formatPercent(fraction)} %`;
  const figure = (value: string, what: string, interval?: Interval, className = ''): string =>
    `<div class="figure ${className}"><b>${value}</b><span>${escapeHtml(what)}</span>` +
    `${interval === undefined ? '' : `<span>95 %: ${formatInterval(interval)}</span>`}</div>`;
  const deviation = robust.normalisedStandardDeviation;
  return `<div class="figures">${[
    figure(percent(clean.average), 'clean accuracy', cleanIntervals.average),
    figure(percent(robust.average), 'robust accuracy', robustIntervals.average),
    figure(
      percent(robust.worst.accuracy),
      `robust, worst class: ${worstName}`,
      robustIntervals.worst,
      'worst',
    ),
    figure(percent(robust.meanOfWorst30), 'robust, mean of worst 30 %', robustIntervals.meanOfWorst30),
    figure(percent(robust.gap), `robust, gap to best class: ${summary.bestName}`, robustIntervals.gap),
    figure(
      Number.isFinite(deviation) ? deviation.toFixed(3) : '–',
      `robust NSD (ddof ${robust.ddof}), lower is fairer`,
    ),
  ].join('')}</div>`;
}

function attackList({ evaluation }: EvaluationRecord): string {
  if (evaluation.attacks.length < 2) return '';
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return htmlTable(
    [{ text: 'under this attack alone' }, numberCell('right %')],
    evaluation.attacks.map(({ description, correct }) => [
      { text: description },
      numberCell(formatPercent(total(correct) / evaluation.count)),
    ]),
  );
}
