import { htmlTable, numberCell } from '../html/html-table.js';
import { escapeHtml } from '../html/escape-html.js';
import { page, type Section } from '../html/page.js';
import { formatCount, formatPercent } from '../format-number.js';
import { attacks, widthRemark } from './comparison-table.js';
import type { Comparison, PairedResult } from './compare-evaluations.js';
import { formatChange, formatChangeInterval, formatPValue } from './format-change.js';

/** A page about a comparison, as self-contained as that about a run. */
export async function comparisonReport(comparison: Comparison): Promise<string> {
  const { differenceWhiskers } = await import('../charts/difference-whiskers.js');
  const { first, second, samples, bootstrap } = comparison;
  const method =
    '<p class="note">p: McNemar\'s test, exact binomial, two-sided. Intervals: 95 %, bootstrap of the difference on the ' +
    `same images, ${formatCount(bootstrap.resamples)} resamples within classes, seed ${bootstrap.seed}.` +
    `${widthRemark(comparison)}</p>`;
  const sections = (['robust', 'clean'] as const).flatMap((which): Section[] => {
    const result = comparison[which];
    const title = `${which === 'robust' ? 'Robust' : 'Clean'} accuracy`;
    const conditions = which === 'robust' ? `<p class="note">${escapeHtml(attacks(comparison))}</p>` : '';
    return [
      { title, body: summaryTable(result) + pairTable(result) + conditions + method },
      {
        title: `${title} per class`,
        body:
          differenceWhiskers(result.classes, `${which} accuracy`) +
          '<p class="note">* significant at 0.05 after Holm’s adjustment for the number of classes.</p>' +
          conditions,
      },
    ];
  });
  return page(
    `${second} against ${first}`,
    { A: first, B: second, images: `the same ${formatCount(samples)}` },
    sections,
  );
}

function summaryTable({ first, second, differences, mcnemar, classes }: PairedResult): string {
  const name = (index: number): string => classes[index]?.name ?? '–';
  const rows = [
    ['average', first.average, second.average, differences.average, `p = ${formatPValue(mcnemar.pValue)}`],
    [
      'worst class',
      first.worst.accuracy,
      second.worst.accuracy,
      differences.worst,
      [...new Set([name(first.worst.classIndex), name(second.worst.classIndex)])].join('; '),
    ],
    ['mean of worst 30 %', first.meanOfWorst30, second.meanOfWorst30, differences.meanOfWorst30, ''],
    ['gap best to worst', first.gap, second.gap, differences.gap, 'lower is fairer'],
    [
      `NSD in % (ddof ${first.ddof})`,
      first.normalisedStandardDeviation,
      second.normalisedStandardDeviation,
      differences.normalisedStandardDeviation,
      'lower is fairer',
    ],
  ] as const;
  return htmlTable(
    [{ text: '' }, ...['A %', 'B %', 'B − A', '95 % interval'].map(numberCell), { text: '' }],
    rows.map(([label, a, b, difference, note]) => [
      { text: label },
      numberCell(formatPercent(a)),
      numberCell(formatPercent(b)),
      numberCell(formatChange(difference.estimate)),
      numberCell(formatChangeInterval(difference)),
      { text: note },
    ]),
  );
}

function pairTable({ both, onlyFirst, onlySecond, neither }: PairedResult): string {
  const count = (value: number) => numberCell(formatCount(value));
  return `<h3>Image by image</h3>${htmlTable(
    [{ text: '' }, numberCell('B right'), numberCell('B wrong')],
    [
      [{ text: 'A right' }, count(both), count(onlyFirst)],
      [{ text: 'A wrong' }, count(onlySecond), count(neither)],
    ],
  )}`;
}
