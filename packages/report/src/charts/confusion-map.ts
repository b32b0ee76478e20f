import type { EvaluationRecord } from '../run-report.js';
import { formatPercent } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import { axisColours, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { faint, ink, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

/** Numbers inside the cells of more classes cannot be read. */
const mostWithNumbers = 20;
/** Lines of the table of confusions. */
const mostListed = 25;

/** Which classes attacked images are taken for: true class by row, prediction by column, percent of the row. */
export function confusionMap({ evaluation, classNames }: EvaluationRecord): string {
  const shares = evaluation.confusion.map((row, own) =>
    row.map((count) => count / Math.max(1, evaluation.counts[own]!)),
  );
  const pairs = shares
    .flatMap((row, own) => row.map((share, other) => ({ own, other, share })))
    .filter(({ own, other, share }) => own !== other && share > 0)
    .sort((a, b) => b.share - a.share);
  const [first] = pairs;
  return chartFigure({
    draw: (width) => draw(shares, classNames, width),
    label:
      `Heat map of ${classNames.length} true classes against predictions under attack.` +
      (first
        ? ` Most frequent confusion: ${formatPercent(first.share)} % of ${classNames[first.own]} are taken for ` +
          `${classNames[first.other]}.`
        : ' No confusion.'),
    table: htmlTable(
      [{ text: 'true class' }, { text: 'taken for' }, numberCell('images'), numberCell('% of the class')],
      pairs
        .slice(0, mostListed)
        .map(({ own, other, share }) => [
          { text: classNames[own]! },
          { text: classNames[other]! },
          numberCell(String(evaluation.confusion[own]![other])),
          numberCell(formatPercent(share)),
        ]),
    ),
  });
}

function draw(shares: readonly (readonly number[])[], names: readonly string[], width: number): string {
  const classes = names.length;
  const left = Math.min(width / 4, 110);
  const side = Math.max(4, Math.min(56, (width - left - 16) / classes));
  // names under the columns stand upright where they are longer than a cell is wide
  const longest = Math.max(...names.map((name) => 7 * name.length));
  const upright = longest > side - 4;
  const below = upright ? Math.min(longest, 90) + 12 : 20;
  const label = {
    color: ink,
    fontSize: classes > 40 ? 9 : 12,
    interval: classes > 60 ? 'auto' : 0,
    width: left - 10,
    overflow: 'truncate',
  };
  return renderChart(
    {
      grid: { left, width: side * classes, top: 8, height: side * classes },
      xAxis: {
        ...axisColours,
        ...named('prediction under attack', below + 6),
        type: 'category',
        data: names,
        axisLabel: { ...label, width: upright ? 90 : side, rotate: upright ? 90 : 0 },
        splitLine: { show: false },
      },
      yAxis: { ...axisColours, type: 'category', inverse: true, data: names, axisLabel: label },
      series: [
        {
          type: 'custom',
          silent: true,
          data: shares.flatMap((row, own) =>
            row.flatMap((share, other) => (share > 0 ? [[other, own, share]] : [])),
          ),
          encode: { x: 0, y: 1 },
          renderItem: (
            _: unknown,
            api: { value(index: number): number; coord(point: number[]): number[] },
          ) => {
            const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
            return cell({ x, y, side, share: api.value(2), own: api.value(0) === api.value(1), classes });
          },
        },
      ],
    },
    width,
    side * classes + 8 + below + 26,
  );
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly share: number;
  readonly own: boolean;
  readonly classes: number;
}

function cell({ x, y, side, share, own, classes }: Cell): object {
  const inner = Math.max(1, side - 1.5);
  const number = (100 * share).toFixed(0);
  return {
    type: 'group',
    children: [
      {
        type: 'rect',
        shape: { x: x - inner / 2, y: y - inner / 2, width: inner, height: inner, r: side > 20 ? 3 : 0 },
        style: { fill: own ? robustColour : worstColour, opacity: 0.06 + 0.8 * share },
      },
      ...(classes <= mostWithNumbers && number !== '0'
        ? [
            {
              type: 'text',
              x,
              y,
              style: {
                text: number,
                fill: share < 0.02 ? faint : ink,
                fontSize: Math.min(12, side / 2.2),
                align: 'center',
                verticalAlign: 'middle',
              },
            },
          ]
        : []),
    ],
  };
}
