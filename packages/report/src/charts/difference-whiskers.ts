import { formatChange, formatChangeInterval, formatPValue } from '../comparison/format-change.js';
import type { ClassComparison } from '../comparison/compare-evaluations.js';
import { formatCount, formatPercent } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import { axisColours, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { faint, ink, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

/** The difference in accuracy of every class, in percentage points, with its 95 % interval. */
export function differenceWhiskers(classes: readonly ClassComparison[], what: string): string {
  const known = classes.filter(({ count }) => count > 0);
  const changed = known.filter(({ adjustedPValue }) => adjustedPValue < 0.05);
  return chartFigure({
    draw: (width) => draw(known, width),
    label:
      `Differences in ${what} of ${known.length} classes, B minus A, with intervals. ` +
      `${changed.length} of them differ significantly.`,
    table: htmlTable(
      [
        { text: 'class' },
        ...['n', 'A %', 'B %', 'B − A', '95 % interval', 'only A right', 'only B right', 'p', 'p (Holm)'].map(
          numberCell,
        ),
      ],
      classes.map((row) => [
        { text: row.name },
        numberCell(formatCount(row.count)),
        numberCell(formatPercent(row.first)),
        numberCell(formatPercent(row.second)),
        numberCell(formatChange(row.difference.estimate)),
        numberCell(formatChangeInterval(row.difference)),
        numberCell(formatCount(row.onlyFirst)),
        numberCell(formatCount(row.onlySecond)),
        numberCell(formatPValue(row.pValue)),
        numberCell(formatPValue(row.adjustedPValue)),
      ]),
    ),
  });
}

function draw(classes: readonly ClassComparison[], width: number): string {
  const names = Math.min(width / 4, 110);
  return renderChart(
    {
      grid: { left: names + 8, right: 44, top: 10, bottom: 44 },
      xAxis: {
        ...axisColours,
        ...named('percentage points, B minus A', 26),
        type: 'value',
        axisLine: { show: false },
      },
      yAxis: {
        ...axisColours,
        type: 'category',
        inverse: true,
        data: classes.map(({ name }) => name),
        axisLabel: { color: ink, fontSize: 12, interval: 0, width: names - 6, overflow: 'truncate' },
        axisLine: { lineStyle: { color: faint } },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: classes.map(({ difference: { estimate, low, high } }, index) => [
            100 * estimate,
            100 * low,
            100 * high,
            index,
          ]),
          encode: { x: [0, 1, 2], y: 3 },
          renderItem: (_: unknown, api: { value(at: number): number; coord(point: number[]): number[] }) => {
            const at = (dimension: number): number[] => api.coord([api.value(dimension), api.value(3)]);
            return whisker({
              estimate: at(0) as [number, number],
              low: at(1)[0]!,
              high: at(2)[0]!,
              ...classes[api.value(3)]!,
            });
          },
        },
      ],
    },
    width,
    58 + 26 * classes.length,
  );
}

interface Whisker {
  /** All in pixels. */
  readonly estimate: readonly [number, number];
  readonly low: number;
  readonly high: number;
  readonly difference: { readonly estimate: number };
  readonly adjustedPValue: number;
}

function whisker({ estimate: [x, y], low, high, difference, adjustedPValue }: Whisker): object {
  const significant = adjustedPValue < 0.05;
  const colour = significant ? (difference.estimate < 0 ? worstColour : robustColour) : faint;
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({
    type: 'line',
    shape: { x1, y1: y + y1, x2, y2: y + y2 },
    style: { stroke: colour, lineWidth: 1.5 },
  });
  return {
    type: 'group',
    children: [
      line(low, 0, high, 0),
      line(low, -4, low, 4),
      line(high, -4, high, 4),
      { type: 'circle', shape: { cx: x, cy: y, r: 4.5 }, style: { fill: colour } },
      {
        type: 'text',
        x: high + 7,
        y,
        style: {
          text: formatChange(difference.estimate) + (significant ? ' *' : ''),
          fill: ink,
          fontSize: 11,
          verticalAlign: 'middle',
        },
      },
    ],
  };
}
