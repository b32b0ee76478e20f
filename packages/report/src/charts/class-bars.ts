import type { ClassSummary } from '../class-summary.js';
import { formatPercent } from '../format-number.js';
import { cleanColour, faint, ink, line, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

/** Clean and robust accuracy of every class, in percent; the worst class stands out. */
export function classBars({ rows }: ClassSummary): string {
  const label = { show: true, position: 'right', color: ink, fontSize: 11 } as const;
  const percent = (fraction: number): number | undefined =>
    Number.isNaN(fraction) ? undefined : 100 * fraction;
  return renderChart(
    {
      legend: { top: 0, left: 0, itemWidth: 14, textStyle: { color: ink, fontSize: 12 } },
      grid: { left: 100, right: 50, top: 34, bottom: 28 },
      xAxis: {
        type: 'value',
        min: 0,
        max: 100,
        axisLabel: { color: faint, formatter: '{value} %' },
        splitLine: { lineStyle: { color: line } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map(({ name }) => name),
        axisLabel: { color: ink, fontSize: 12, interval: 0, width: 90, overflow: 'truncate' },
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
      },
      series: [
        {
          name: 'clean',
          type: 'bar',
          barWidth: 9,
          barGap: '15%',
          itemStyle: { color: cleanColour },
          data: rows.map(({ clean }) => ({
            value: percent(clean),
            label: { formatter: formatPercent(clean) },
          })),
          label,
        },
        {
          name: 'robust',
          type: 'bar',
          barWidth: 9,
          itemStyle: { color: robustColour },
          data: rows.map(({ robust, worst }) => ({
            value: percent(robust),
            label: { formatter: formatPercent(robust) },
            ...(worst ? { itemStyle: { color: worstColour } } : {}),
          })),
          label,
        },
      ],
    },
    820,
    62 + 34 * rows.length,
  );
}
