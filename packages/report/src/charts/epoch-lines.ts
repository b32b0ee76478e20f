import { htmlTable, numberCell } from '../html/html-table.js';
import { axisColours, legend, legendRows, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { faint } from './colours.js';
import { renderChart } from './render-chart.js';

export interface EpochLine {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
  /** One per epoch; not finite where there is no value, as before the first evaluation. */
  readonly values: readonly (number | null | undefined)[];
}

export interface EpochAxis {
  /** What is drawn, for the label of the chart: `training loss`. */
  readonly what: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
}

/** Rows of the table; of longer trainings only some epochs are listed. */
const mostRows = 50;

/** Curves over epochs, counted from 1. */
export function epochLines(lines: readonly EpochLine[], axis: EpochAxis): string {
  return chartFigure({
    draw: (width) => draw(lines, axis, width),
    label: `Curves of ${axis.what} over epochs. ${lines.map(inWords).join('; ')}.`,
    table: table(lines),
  });
}

function draw(lines: readonly EpochLine[], axis: EpochAxis, width: number): string {
  const epochs = Math.max(0, ...lines.map(({ values }) => values.length));
  const names = lines.map(({ name }) => name);
  const rows = names.length === 1 ? 0 : legendRows(names, width);
  return renderChart(
    {
      ...(rows === 0 ? {} : { legend: { ...legend, data: names } }),
      grid: { left: 52, right: 20, top: 14 + 22 * rows, bottom: 42 },
      xAxis: {
        ...axisColours,
        ...named('epoch', 26),
        type: 'category',
        data: Array.from({ length: epochs }, (_, epoch) => String(epoch + 1)),
      },
      yAxis: {
        ...axisColours,
        type: 'value',
        scale: axis.min === undefined,
        min: axis.min,
        max: axis.max,
        axisLabel: { color: faint, formatter: (value: number) => `${short(value)}${axis.unit ?? ''}` },
      },
      series: lines.map(({ name, colour, dashed, values }) => ({
        name,
        type: 'line',
        data: values.map((value) => (isNumber(value) ? value : '-')),
        connectNulls: true,
        showSymbol: true,
        symbol: 'circle',
        symbolSize: epochs > 30 ? 0 : 5,
        lineStyle: { color: colour, width: 2, type: dashed ? 'dashed' : 'solid' },
        itemStyle: { color: colour },
      })),
    },
    width,
    260 + 22 * rows,
  );
}

function table(lines: readonly EpochLine[]): string {
  const epochs = Math.max(0, ...lines.map(({ values }) => values.length));
  const every = Math.ceil(epochs / mostRows);
  const listed = Array.from({ length: epochs }, (_, epoch) => epoch).filter(
    (epoch) => (epoch + 1) % every === 0 || epoch === epochs - 1,
  );
  return htmlTable(
    [{ text: 'epoch' }, ...lines.map(({ name }) => numberCell(name))],
    listed.map((epoch) => [
      { text: String(epoch + 1) },
      ...lines.map(({ values }) => numberCell(isNumber(values[epoch]) ? short(values[epoch]) : '–')),
    ]),
  );
}

function inWords({ name, values }: EpochLine): string {
  const known = values.filter(isNumber);
  return known.length === 0 ? `${name}: none` : `${name}: ${short(known[0]!)} to ${short(known.at(-1)!)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
