import { formatCount } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import type { Histogram } from '../statistics/histogram.js';
import { axisColours, legend, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { faint, ink } from './colours.js';
import { renderChart } from './render-chart.js';

export interface HistogramStyle {
  /** One per sample of the histogram. */
  readonly series: readonly { readonly name: string; readonly colour: string }[];
  /** What is counted, with its unit. */
  readonly axis: string;
  /** A value to mark with a line. */
  readonly mark?: number;
  readonly label: string;
}

/** Distributions of several samples over each other. */
export function histogramAreas(histogram: Histogram, style: HistogramStyle): string {
  const { edges, counts } = histogram;
  return chartFigure({
    draw: (width) => draw(histogram, style, width),
    label: style.label,
    table: htmlTable(
      [{ text: style.axis }, ...style.series.map(({ name }) => numberCell(name))],
      edges
        .slice(0, -1)
        .map((edge, bin) => [
          { text: `${edge} to ${edges[bin + 1]}` },
          ...counts.map((sample) => numberCell(formatCount(sample[bin]!))),
        ]),
    ),
  });
}

function draw({ edges, counts }: Histogram, { series, axis, mark }: HistogramStyle, width: number): string {
  return renderChart(
    {
      legend: { ...legend, data: series.map(({ name }) => name) },
      grid: { left: 52, right: 16, top: 34, bottom: 44 },
      xAxis: {
        ...axisColours,
        ...named(axis, 26),
        type: 'value',
        min: edges[0],
        max: edges.at(-1),
        splitLine: { show: false },
      },
      yAxis: { ...axisColours, type: 'value', minInterval: 1 },
      series: series.map(({ name, colour }, which) => ({
        name,
        type: 'line',
        step: 'end',
        symbol: 'none',
        data: edges.map((edge, bin) => [edge, counts[which]![bin] ?? counts[which]![bin - 1]]),
        lineStyle: { color: colour, width: 1.5 },
        itemStyle: { color: colour },
        areaStyle: { color: colour, opacity: 0.3 },
        ...(mark !== undefined && which === 0
          ? {
              markLine: {
                silent: true,
                symbol: 'none',
                label: { show: false },
                lineStyle: { color: ink, type: 'dashed', opacity: 0.6 },
                data: [{ xAxis: mark }],
              },
            }
          : {}),
      })),
      textStyle: { color: faint },
    },
    width,
    260,
  );
}
