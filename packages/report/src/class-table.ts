import Table from 'cli-table3';
import { createColors } from 'picocolors';
import { summariseClasses, type ClassRow, type ClassSummary } from './class-summary.js';
import { formatCount, formatPercent } from './format-number.js';
import type { EvaluationRecord } from './run-report.js';

export interface ClassTableOptions {
  /** Terminal colours; nothing depends on them. */
  readonly colour: boolean;
}

const barWidth = 22;
const nameWidth = 16;
const width = 80;

/**
 * The result of an evaluation for a terminal of 80 columns: a row per class with clean and robust accuracy in
 * percent and one bar (solid as far as robust, light as far as clean), then averages, the worst class, the mean of
 * the worst 30 %, NSD, and the conditions that the numbers hold under.
 */
export function classTable(record: EvaluationRecord, { colour }: ClassTableOptions): string {
  const summary = summariseClasses(record);
  const paint = createColors(colour);
  const table = plainTable([nameWidth, 8, 8, 8, 12, barWidth + 1], 5);
  table.push(['class', 'n', 'clean', 'robust', '95 % CI', ''].map(paint.bold));
  for (const row of summary.rows) {
    const cells = [
      row.worst ? `> ${row.name}` : `  ${row.name}`,
      formatCount(row.count),
      formatPercent(row.clean),
      formatPercent(row.robust),
      row.count === 0 ? '–' : `${formatPercent(row.interval.low)}–${formatPercent(row.interval.high)}`,
      ` ${bar(row)}`,
    ];
    table.push(row.worst ? cells.map((cell) => paint.red(cell)) : cells);
  }
  return [table.toString(), '', summaryTable(summary), '', ...wrapped(summary.conditions), legend]
    .join('\n')
    .replace(/ +$/gm, '');
}

const legend = 'Bar: █ robust, ░ clean only, of 100 %. > marks the lowest robust accuracy.';

function summaryTable({ clean, robust, worstName, rows }: ClassSummary): string {
  const table = plainTable([24, 8, 8, 40], 3);
  const worst = rows.find((row) => row.worst);
  table.push(
    ['average', formatPercent(clean.average), formatPercent(robust.average), ''],
    ['worst class', formatPercent(worst?.clean), formatPercent(robust.worst.accuracy), ` ${worstName}`],
    ['mean of worst 30 %', formatPercent(clean.meanOfWorst30), formatPercent(robust.meanOfWorst30), ''],
    [
      `NSD (ddof ${robust.ddof})`,
      clean.normalisedStandardDeviation.toFixed(3),
      robust.normalisedStandardDeviation.toFixed(3),
      ' lower is fairer',
    ],
  );
  return table.toString();
}

function bar({ clean, robust }: ClassRow): string {
  if (Number.isNaN(clean)) return '';
  const solid = Math.round(robust * barWidth);
  const light = Math.max(0, Math.round(clean * barWidth) - solid);
  return '█'.repeat(solid) + '░'.repeat(light) + '·'.repeat(Math.max(0, barWidth - solid - light));
}

/** A table without lines; the first column and those from `leftFrom` on are flush left. */
function plainTable(colWidths: number[], leftFrom: number): InstanceType<typeof Table> {
  const chars = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
      .map((place) => [place, '']),
  );
  return new Table({
    chars,
    colWidths,
    colAligns: colWidths.map((_, column) => (column === 0 || column >= leftFrom ? 'left' : 'right')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
}

function wrapped(text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
