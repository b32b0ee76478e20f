import type { BenchReport, Share } from './report.js';

/** The report as a table of fixed columns. */
export function printReport(report: BenchReport): string {
  const { machine, versions, repetitions } = report;
  const rows = [
    ...report.measurements.map(({ network, batch, step, medians, shares }) => [
      `${network}, batch ${batch}`,
      step,
      each(medians, milliseconds),
      sharesText(shares),
    ]),
    ...report.memory.map(({ network, batch, peak, shares }) => [
      `${network}, batch ${batch}`,
      'peak memory',
      each(peak, megabytes),
      sharesText(shares),
    ]),
    ...report.compilation.map(({ network, batch, first, again, target }) => [
      `${network}, batch ${batch}`,
      'compile a training step',
      `first ${milliseconds(first)}, again ${milliseconds(again)}`,
      target === undefined ? '' : verdict(first, target, `at most ${milliseconds(target)}`),
    ]),
    ...report.growth.map(({ network, batch, steps, before, after }) => [
      `${network}, batch ${batch}`,
      'memory growth',
      `${megabytes(before)} after warming up, ${megabytes(after)} after ${steps} steps`,
      '',
    ]),
  ];
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.threads} threads; ${software.join('; ')}`,
    `medians of ${repetitions}, contestants in alternation`,
    ...aligned(rows),
  ].join('\n');
}

function sharesText(shares: readonly Share[]): string {
  return shares
    .map(({ of, value, target }) => {
      const text = `${value.toFixed(2)} of ${of}`;
      return target === undefined ? text : `${text} ${verdict(value, target, `at most ${target}`)}`;
    })
    .join(', ');
}

function verdict(value: number, target: number, wanted: string): string {
  return value <= target ? `(${wanted}: met)` : `(${wanted}: NOT met)`;
}

function each(values: Readonly<Record<string, number>>, format: (value: number) => string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${format(value)}`)
    .join(', ');
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
