import { classBars } from '../charts/class-bars.js';
import { summariseClasses, type ClassSummary } from '../class-summary.js';
import { formatCount, formatPercent } from '../format-number.js';
import type { EvaluationRecord } from '../run-report.js';
import { escapeHtml } from './escape-html.js';
import { htmlTable, type TableCell } from './html-table.js';
import type { Section } from './page.js';

/** A confusion table of more classes is unreadable. */
const largestConfusion = 20;

/** What an evaluation found, with its conditions beside the numbers. */
export function evaluationSections(record: EvaluationRecord): readonly Section[] {
  const summary = summariseClasses(record);
  const conditions = `<p class="note">${escapeHtml(summary.conditions)}</p>`;
  const sections: Section[] = [
    { title: 'Result', body: figures(summary) + conditions + attackList(record) },
    { title: 'Accuracy per class', body: classBars(summary) + conditions + classRows(summary) },
  ];
  if (record.classNames.length <= largestConfusion) {
    sections.push({ title: 'Where attacked images are pushed to', body: confusion(record) + conditions });
  }
  return sections;
}

function figures({ clean, robust, worstName }: ClassSummary): string {
  const percent = (fraction: number): string => `${formatPercent(fraction)} %`;
  const figure = (value: string, what: string, className = ''): string =>
    `<div class="figure ${className}"><b>${value}</b><span>${escapeHtml(what)}</span></div>`;
  return `<div class="figures">${[
    figure(percent(clean.average), 'clean accuracy'),
    figure(percent(robust.average), 'robust accuracy'),
    figure(percent(robust.worst.accuracy), `robust, worst class: ${worstName}`, 'worst'),
    figure(percent(robust.meanOfWorst30), 'robust, mean of worst 30 %'),
    figure(
      robust.normalisedStandardDeviation.toFixed(3),
      `robust NSD (ddof ${robust.ddof}), lower is fairer`,
    ),
  ].join('')}</div>`;
}

function attackList({ evaluation }: EvaluationRecord): string {
  if (evaluation.attacks.length < 2) return '';
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return htmlTable(
    [{ text: 'under this attack alone' }, { text: 'right %', className: 'number' }],
    evaluation.attacks.map(({ description, correct }) => [
      { text: description },
      { text: formatPercent(total(correct) / evaluation.count), className: 'number' },
    ]),
  );
}

function classRows({ rows }: ClassSummary): string {
  const number = (text: string): TableCell => ({ text, className: 'number' });
  return htmlTable(
    [
      { text: 'class' },
      ...['n', 'clean %', 'robust %', '95 % interval'].map(number),
      { text: 'most often taken for' },
    ],
    rows.map((row) => [
      { text: row.name, ...(row.worst ? { className: 'worst' } : {}) },
      number(formatCount(row.count)),
      number(formatPercent(row.clean)),
      number(formatPercent(row.robust)),
      number(`${formatPercent(row.robustInterval.low)} – ${formatPercent(row.robustInterval.high)}`),
      { text: row.pushedTo ? `${row.pushedTo.name} (${formatPercent(row.pushedTo.share)} %)` : '–' },
    ]),
  );
}

function confusion({ evaluation, classNames }: EvaluationRecord): string {
  return htmlTable(
    [{ text: 'true class' }, ...classNames.map((text) => ({ text, className: 'centre' }))],
    evaluation.confusion.map((predicted, own) => [
      { text: classNames[own]! },
      ...predicted.map((count, other): TableCell => {
        const share = count / Math.max(1, evaluation.counts[own]!);
        const text = count === 0 ? '' : (100 * share).toFixed(0);
        return other === own ? { text, className: 'own' } : { text, heat: share };
      }),
    ]),
  ).concat(
    '<p class="note">Percent of a class (row) that is taken for each class (column) under attack.</p>',
  );
}
