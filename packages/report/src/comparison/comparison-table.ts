import { createColors } from 'picocolors';
import { formatCount, formatPercent } from '../format-number.js';
import { plainTable } from '../plain-table.js';
import type { StatisticName } from '../statistics/class-statistics.js';
import { wrapped } from '../wrapped.js';
import { attackText } from './check-same-samples.js';
import type { Comparison, Difference, PairedResult } from './compare-evaluations.js';
import { formatChange, formatChangeInterval, formatPValue } from './format-change.js';

/** A comparison for a terminal of 80 columns: robust accuracy class by class, then summaries, clean and robust. */
export function comparisonTable(comparison: Comparison, { colour }: { readonly colour: boolean }): string {
  const { first, second, samples, robust, clean, bootstrap } = comparison;
  const paint = createColors(colour);
  const table = plainTable([18, 7, 8, 8, 9, 17, 13], 6);
  table.push(['robust', 'n', 'A', 'B', 'B − A', '95 % CI', '  p (Holm)'].map(paint.bold));
  for (const row of robust.classes) {
    const significant = row.adjustedPValue < 0.05;
    const cells = [
      `${significant ? '*' : ' '} ${row.name}`,
      formatCount(row.count),
      formatPercent(row.first),
      formatPercent(row.second),
      formatChange(row.difference.estimate),
      formatChangeInterval(row.difference),
      `  ${formatPValue(row.adjustedPValue)}`,
    ];
    table.push(significant ? cells.map(row.difference.estimate < 0 ? paint.red : paint.green) : cells);
  }
  return [
    `A: ${first}`,
    `B: ${second}`,
    '',
    table.toString(),
    '',
    summaries('clean', clean),
    '',
    summaries('robust', robust),
    '',
    ...[
      `The same ${formatCount(samples)} images. ${attacks(comparison)}`,
      `p: McNemar's test (exact binomial, two-sided); of classes adjusted by Holm for ${robust.classes.length} tests; ` +
        `* marks those below 0.05. CI: bootstrap of the difference on the same images, ` +
        `${formatCount(bootstrap.resamples)} resamples within classes, seed ${bootstrap.seed}.${widthRemark(comparison)}`,
    ].flatMap((text) => wrapped(text, 80)),
  ]
    .join('\n')
    .replace(/ +$/gm, '');
}

/** What an interval of a difference that has no width does not mean, where there is one. */
export function widthRemark({ robust, clean }: Comparison): string {
  const differences = [robust, clean].flatMap((result) => Object.values<Difference>(result.differences));
  return differences.some(({ estimate, low, high }) => estimate !== 0 && low === high)
    ? ' One without width is no certainty: there are too few images of each class to draw others.'
    : '';
}

export function attacks({ attacks: [first, second] }: Comparison): string {
  const [one, other] = [attackText({ attacks: first }), attackText({ attacks: second })];
  return one === other ? `Robust: ${one}.` : `Robust: A under ${one}; B under ${other}.`;
}

function summaries(
  name: string,
  { first, second, differences, classes, mcnemar, ...pairs }: PairedResult,
): string {
  const table = plainTable([20, 8, 8, 9, 17, 18], 5);
  const worst = (index: number): string => classes[index]?.name ?? '–';
  const [from, to] = [worst(first.worst.classIndex), worst(second.worst.classIndex)];
  const line = (label: string, which: StatisticName, a: number, b: number, note = ''): string[] => {
    const difference: Difference = differences[which];
    return [
      label,
      formatPercent(a),
      formatPercent(b),
      formatChange(difference.estimate),
      formatChangeInterval(difference),
      note === '' ? '' : `  ${note}`,
    ];
  };
  table.push(
    [name, 'A', 'B', 'B − A', '95 % CI', ''],
    line('  average', 'average', first.average, second.average, `p = ${formatPValue(mcnemar.pValue)}`),
    line(
      '  worst class',
      'worst',
      first.worst.accuracy,
      second.worst.accuracy,
      from === to ? from : `${from}, ${to}`,
    ),
    line('  mean of worst 30 %', 'meanOfWorst30', first.meanOfWorst30, second.meanOfWorst30),
    line('  gap best to worst', 'gap', first.gap, second.gap, 'lower is fairer'),
    line(
      `  NSD in % (ddof ${first.ddof})`,
      'normalisedStandardDeviation',
      first.normalisedStandardDeviation,
      second.normalisedStandardDeviation,
      'lower is fairer',
    ),
  );
  const { both, onlyFirst, onlySecond, neither } = pairs;
  return `${table.toString()}\n  right in both ${both}, only in A ${onlyFirst}, only in B ${onlySecond}, in neither ${neither}`;
}
