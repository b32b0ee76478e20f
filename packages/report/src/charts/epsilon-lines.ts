import { classMetrics } from '@ard/core/host';
import { formatEpsilon } from '../format-epsilon.js';
import { formatPercent } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import type { EpsilonPoint } from '../run-report.js';
import { axisColours, legend, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { cleanColour, faint, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly width: number;
  readonly opacity: number;
  /** Fractions, one per radius. */
  readonly values: readonly number[];
}

/** Accuracy against the radius of the attack: average, worst 30 %, worst class, and every class thinly. */
export function epsilonLines(
  points: readonly EpsilonPoint[],
  counts: readonly number[],
  classNames: readonly string[],
): string {
  const metrics = points.map(({ correct }) => classMetrics(correct, counts));
  const bold = { width: 2.5, opacity: 1 };
  const summaries: readonly Curve[] = [
    { name: 'average', colour: robustColour, values: metrics.map(({ average }) => average), ...bold },
    {
      name: 'mean of worst 30 %',
      colour: cleanColour,
      values: metrics.map(({ meanOfWorst30 }) => meanOfWorst30),
      ...bold,
    },
    {
      name: 'worst class',
      colour: worstColour,
      values: metrics.map(({ worst }) => worst.accuracy),
      ...bold,
    },
  ];
  const classes = classNames.map((name, index): Curve => ({
    name,
    colour: faint,
    values: metrics.map(({ accuracy }) => accuracy[index]!),
    width: 1,
    opacity: 0.35,
  }));
  const epsilons = points.map(({ epsilon }) => epsilon);
  const [average] = summaries;
  return chartFigure({
    draw: (width) => draw([...classes, ...summaries], epsilons, width),
    label:
      `Curves of accuracy against the radius of the attack. Average: ` +
      epsilons
        .map((epsilon, at) => `${formatPercent(average!.values[at])} % at ${formatEpsilon(epsilon)}`)
        .join(', ') +
      '.',
    table: htmlTable(
      [{ text: '% right at epsilon' }, ...epsilons.map((epsilon) => numberCell(formatEpsilon(epsilon)))],
      [...summaries, ...classes].map(({ name, values }) => [
        { text: name },
        ...values.map((value) => numberCell(formatPercent(value))),
      ]),
    ),
  });
}

function draw(curves: readonly Curve[], epsilons: readonly number[], width: number): string {
  return renderChart(
    {
      legend: { ...legend, data: ['average', 'mean of worst 30 %', 'worst class'] },
      grid: { left: 52, right: 24, top: 36, bottom: 46 },
      xAxis: {
        ...axisColours,
        ...named('epsilon', 28),
        type: 'value',
        min: epsilons[0],
        max: epsilons.at(-1),
        axisLabel: { color: faint, formatter: formatEpsilon, customValues: epsilons, hideOverlap: true },
        splitLine: { show: false },
      },
      yAxis: {
        ...axisColours,
        type: 'value',
        min: 0,
        max: 100,
        axisLabel: { color: faint, formatter: '{value} %' },
      },
      series: curves.map(({ name, colour, values, width: lineWidth, opacity }) => ({
        name,
        type: 'line',
        data: values.map((value, at) => [epsilons[at], Number.isNaN(value) ? '-' : 100 * value]),
        symbol: 'circle',
        symbolSize: lineWidth > 1 ? 5 : 0,
        lineStyle: { color: colour, width: lineWidth, opacity },
        itemStyle: { color: colour },
      })),
    },
    width,
    300,
  );
}
