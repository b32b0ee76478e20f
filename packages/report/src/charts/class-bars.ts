import type { ClassRow, ClassSummary } from '../class-summary.js';
import { formatCount, formatInterval, formatPercent } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import type { Interval } from '../statistics/interval.js';
import { axisColours, legend } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { cleanColour, faint, ink, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

const barWidth = 9;
/** Of the middle of a bar from the middle of its class. */
const offset = 5.2;

/** Clean and robust accuracy of every class in percent, with 95 % intervals; the worst class stands out. */
export function classBars({ rows, worstName, robust }: ClassSummary): string {
  return chartFigure({
    draw: (width) => draw(rows, width),
    label:
      `Bars of clean and robust accuracy of ${rows.length} classes. Lowest robust accuracy: ${worstName}, ` +
      `${formatPercent(robust.worst.accuracy)} %.`,
    table: classRows(rows),
  });
}

function draw(rows: readonly ClassRow[], width: number): string {
  const names = Math.min(width / 4, 110);
  return renderChart(
    {
      legend: { ...legend, data: ['clean', 'robust'] },
      grid: { left: names + 8, right: 44, top: 30, bottom: 26 },
      xAxis: {
        ...axisColours,
        type: 'value',
        min: 0,
        max: 100,
        axisLabel: { color: faint, formatter: '{value} %' },
      },
      yAxis: {
        ...axisColours,
        type: 'category',
        inverse: true,
        data: rows.map(({ name }) => name),
        axisLabel: { color: ink, fontSize: 12, interval: 0, width: names, overflow: 'truncate' },
      },
      series: [
        bars(
          'clean',
          cleanColour,
          rows.map(({ clean }) => ({ value: percent(clean) })),
        ),
        bars(
          'robust',
          robustColour,
          rows.map(({ robust, worst }) => ({
            value: percent(robust),
            ...(worst ? { itemStyle: { color: worstColour } } : {}),
          })),
        ),
        whiskers(
          rows.map(({ clean, cleanInterval }) => [clean, cleanInterval]),
          -offset,
        ),
        whiskers(
          rows.map(({ robust, robustInterval }) => [robust, robustInterval]),
          offset,
        ),
      ],
    },
    width,
    58 + 34 * rows.length,
  );
}

function bars(name: string, color: string, data: readonly object[]): object {
  return { name, type: 'bar', barWidth, barGap: '15%', itemStyle: { color }, data };
}

/** Intervals as whiskers over the bars, with the number behind them. */
function whiskers(values: readonly (readonly [number, Interval])[], shift: number): object {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    z: 5,
    data: values.flatMap(([value, { low, high }], index) =>
      Number.isNaN(value) ? [] : [[100 * value, 100 * low, 100 * high, index]],
    ),
    encode: { x: [0, 1, 2], y: 3 },
    renderItem(_: unknown, api: Api) {
      const index = api.value(3);
      const [low, y] = api.coord([api.value(1), index]) as [number, number];
      const [high] = api.coord([api.value(2), index]) as [number, number];
      const line = (x1: number, y1: number, x2: number, y2: number): object => ({
        type: 'line',
        shape: { x1, y1: y + shift + y1, x2, y2: y + shift + y2 },
        style: { stroke: ink, lineWidth: 1, opacity: 0.75 },
      });
      return {
        type: 'group',
        children: [
          line(low, 0, high, 0),
          line(low, -2.5, low, 2.5),
          line(high, -2.5, high, 2.5),
          {
            type: 'text',
            x: high + 5,
            y: y + shift,
            style: { text: api.value(0).toFixed(1), fill: ink, fontSize: 11, verticalAlign: 'middle' },
          },
        ],
      };
    },
  };
}

/** What echarts hands to `renderItem`, as far as it is used here. */
interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): readonly number[];
}

function percent(fraction: number): number | undefined {
  return Number.isNaN(fraction) ? undefined : 100 * fraction;
}

function classRows(rows: readonly ClassRow[]): string {
  return htmlTable(
    [
      { text: 'class' },
      ...['n', 'clean %', '95 % interval', 'robust %', '95 % interval'].map(numberCell),
      { text: 'most often taken for' },
    ],
    rows.map((row) => [
      { text: row.name, ...(row.worst ? { className: 'worst' } : {}) },
      numberCell(formatCount(row.count)),
      numberCell(formatPercent(row.clean)),
      numberCell(formatInterval(row.cleanInterval)),
      numberCell(formatPercent(row.robust)),
      numberCell(formatInterval(row.robustInterval)),
      { text: row.pushedTo ? `${row.pushedTo.name} (${formatPercent(row.pushedTo.share)} %)` : '–' },
    ]),
  );
}
