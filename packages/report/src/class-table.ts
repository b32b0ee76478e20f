import { createColors } from 'picocolors';
import { intervalNote, summariseClasses, type ClassRow, type ClassSummary } from './class-summary.js';
import { formatEpsilon } from './format-epsilon.js';
import { formatCount, formatInterval, formatPercent } from './format-number.js';
import { plainTable } from './plain-table.js';
import type { EvaluationRecord } from './run-report.js';
import { wrapped } from './wrapped.js';

export interface ClassTableOptions {
  /** Terminal colours; nothing depends on them. */
  readonly colour: boolean;
  /** Columns of the terminal, default 80; from {@link wideFrom} on there is more to see. */
  readonly width?: number;
}

/** Columns of the usual table; in fewer there is no bar. */
const usual = 80;
/** Columns that the wide table needs. */
const wideFrom = 112;
const widest = 140;

/**
 * The result of an evaluation for a terminal of 80 columns: a row per class with clean and robust accuracy in
 * percent and one bar (solid as far as robust, light as far as clean), then averages, the worst class, the mean of
 * the worst 30 %, NSD, the gap, and the conditions that the numbers hold under. A wide terminal also shows the
 * interval of clean accuracy and the class that attacked images are taken for; one of less than 80 has no bars.
 */
export function classTable(record: EvaluationRecord, { colour, width = 80 }: ClassTableOptions): string {
  const summary = summariseClasses(record);
  const paint = createColors(colour);
  const columns = Math.min(width, widest);
  const isWide = columns >= wideFrom;
  const isSlim = columns < usual;
  const [head, ...rows] = isWide ? wide(summary, columns) : narrow(summary, !isSlim);
  const table = isWide
    ? plainTable(wideWidths(columns), 6)
    : plainTable(isSlim ? narrowWidths.slice(0, -1) : narrowWidths, 5);
  table.push(
    head!.map(paint.bold),
    ...rows.map((row, at) => (summary.rows[at]!.worst ? row.map(paint.red) : row)),
  );
  return [
    table.toString(),
    '',
    summaryTable(summary, columns),
    '',
    ...wrapped(summary.conditions, Math.min(columns, 100)),
    ...(record.epsilonCurve?.length ? wrapped(curveText(record), Math.min(columns, 100)) : []),
    ...wrapped(intervalNote(summary), Math.min(columns, 100)),
    ...wrapped(
      `${isSlim ? '' : 'Bar: █ robust, ░ clean only, of 100 %. '}> marks the lowest robust accuracy.`,
      columns,
    ),
  ]
    .join('\n')
    .replace(/ +$/gm, '');
}

const narrowWidths = [16, 8, 8, 8, 13, 27];

function narrow({ rows }: ClassSummary, bars: boolean): string[][] {
  return [
    ['class', 'n', 'clean', 'robust', '95 % CI', ...(bars ? [''] : [])],
    ...rows.map((row) => [
      name(row),
      formatCount(row.count),
      formatPercent(row.clean),
      formatPercent(row.robust),
      formatInterval(row.robustInterval),
      ...(bars ? [` ${bar(row, 22)}`] : []),
    ]),
  ];
}

const wideWidths = (columns: number): number[] => [20, 8, 8, 13, 8, 13, columns - 92, 22];

function wide({ rows }: ClassSummary, columns: number): string[][] {
  return [
    ['class', 'n', 'clean', '95 % CI', 'robust', '95 % CI', '', ' taken for'],
    ...rows.map((row) => [
      name(row),
      formatCount(row.count),
      formatPercent(row.clean),
      formatInterval(row.cleanInterval),
      formatPercent(row.robust),
      formatInterval(row.robustInterval),
      ` ${bar(row, columns - 94)}`,
      row.pushedTo ? ` ${row.pushedTo.name} (${formatPercent(row.pushedTo.share)} %)` : ' –',
    ]),
  ];
}

function name({ worst, name: text }: ClassRow): string {
  return worst ? `> ${text}` : `  ${text}`;
}

function summaryTable(summary: ClassSummary, columns: number): string {
  const { clean, robust, robustIntervals, worstName, bestName, rows } = summary;
  // the class that is worst without an attack need not be the one that is worst under it
  const cleanWorst = rows[clean.worst.classIndex]?.name ?? worstName;
  // in a slim terminal the remarks wrap behind their numbers rather than being cut off
  const table = plainTable([20, 8, 8, 13, Math.max(columns, usual) - 49], 4);
  const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');
  const { normalisedStandardDeviation: deviation } = robustIntervals;
  table.push(
    ['', 'clean', 'robust', '95 % CI', ''],
    [
      'average',
      formatPercent(clean.average),
      formatPercent(robust.average),
      formatInterval(robustIntervals.average),
      '',
    ],
    [
      'worst class',
      formatPercent(clean.worst.accuracy),
      formatPercent(robust.worst.accuracy),
      formatInterval(robustIntervals.worst),
      cleanWorst === worstName ? ` ${worstName}` : ` ${worstName}; clean: ${cleanWorst}`,
    ],
    [
      'mean of worst 30 %',
      formatPercent(clean.meanOfWorst30),
      formatPercent(robust.meanOfWorst30),
      formatInterval(robustIntervals.meanOfWorst30),
      '',
    ],
    [
      'gap best to worst',
      formatPercent(clean.gap),
      formatPercent(robust.gap),
      formatInterval(robustIntervals.gap),
      ` best: ${bestName}`,
    ],
    [
      `NSD (ddof ${robust.ddof})`,
      ratio(clean.normalisedStandardDeviation),
      ratio(robust.normalisedStandardDeviation),
      Number.isFinite(deviation.low) ? `${ratio(deviation.low)}–${ratio(deviation.high)}` : '–',
      ' lower is fairer',
    ],
  );
  return table.toString();
}

/** Accuracies at other radii, where they were asked for. */
function curveText({ epsilonCurve = [], evaluation }: EvaluationRecord): string {
  const points = epsilonCurve.map(({ epsilon, correct }) => {
    const right = correct.reduce((sum, count) => sum + count, 0);
    return `${formatPercent(right / evaluation.count)} % at ${formatEpsilon(epsilon)}`;
  });
  return `By epsilon, right there and at every smaller one: ${points.join(', ')}.`;
}

function bar({ clean, robust }: ClassRow, width: number): string {
  if (Number.isNaN(clean)) return '';
  const solid = Math.round(robust * width);
  const light = Math.max(0, Math.round(clean * width) - solid);
  return '█'.repeat(solid) + '░'.repeat(light) + '·'.repeat(Math.max(0, width - solid - light));
}
