import { summariseClasses } from './class-summary.js';
import type { EvaluationRecord } from './run-report.js';

const head = [
  'class',
  'count',
  'clean',
  'clean_low',
  'clean_high',
  'robust',
  'robust_low',
  'robust_high',
  'pushed_to',
  'pushed_to_share',
];

/**
 * An evaluation as comma-separated values (RFC 4180), a line per class: fractions in [0, 1] with the ends of their
 * 95 % intervals, and the wrong class that attacked images are most often taken for. Empty where there is no value.
 */
export function classCsv(record: EvaluationRecord): string {
  const lines = summariseClasses(record).rows.map((row) => [
    row.name,
    row.count,
    ...[row.clean, row.cleanInterval.low, row.cleanInterval.high],
    ...[row.robust, row.robustInterval.low, row.robustInterval.high],
    row.pushedTo?.name,
    row.pushedTo?.share,
  ]);
  return [head, ...lines].map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
}

function cellText(value: string | number | undefined): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '';
  if (value === undefined) return '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
