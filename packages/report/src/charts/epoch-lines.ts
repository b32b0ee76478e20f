import { faint, ink, line } from './colours.js';
import { renderChart } from './render-chart.js';

export interface EpochLine {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
  /** One per epoch; not finite where there is no value, as before the first evaluation. */
  readonly values: readonly (number | null | undefined)[];
}

/** Curves over epochs, counted from 1. */
export function epochLines(
  lines: readonly EpochLine[],
  axis: { readonly unit?: string; readonly min?: number; readonly max?: number },
): string {
  const epochs = Math.max(0, ...lines.map(({ values }) => values.length));
  // about 7 pixels a character and 40 for the mark; the legend wraps by itself, the space for it does not
  const legendRows = Math.ceil(lines.reduce((sum, { name }) => sum + 40 + 7 * name.length, 0) / 780);
  return renderChart(
    {
      legend: {
        top: 0,
        left: 0,
        itemWidth: 18,
        textStyle: { color: ink, fontSize: 12 },
        data: lines.map(({ name }) => name),
      },
      grid: { left: 52, right: 24, top: 18 + 20 * legendRows, bottom: 40 },
      xAxis: {
        type: 'category',
        data: Array.from({ length: epochs }, (_, epoch) => String(epoch + 1)),
        name: 'epoch',
        nameLocation: 'middle',
        nameGap: 24,
        nameTextStyle: { color: faint },
        axisLabel: { color: faint },
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        scale: axis.min === undefined,
        min: axis.min,
        max: axis.max,
        axisLabel: { color: faint, formatter: `{value}${axis.unit ?? ''}` },
        splitLine: { lineStyle: { color: line } },
      },
      series: lines.map(({ name, colour, dashed, values }) => ({
        name,
        type: 'line',
        data: values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : '-')),
        connectNulls: true,
        showSymbol: true,
        symbol: 'circle',
        symbolSize: epochs > 30 ? 0 : 5,
        lineStyle: { color: colour, width: 2, type: dashed ? 'dashed' : 'solid' },
        itemStyle: { color: colour },
      })),
    },
    820,
    290 + 20 * legendRows,
  );
}
