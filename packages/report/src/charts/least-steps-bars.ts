import { formatCount } from '../format-number.js';
import { htmlTable, numberCell } from '../html/html-table.js';
import type { LeastSteps } from '../statistics/least-steps.js';
import { axisColours, named } from './axes.js';
import { chartFigure } from './chart-figure.js';
import { faint, robustColour, worstColour } from './colours.js';
import { renderChart } from './render-chart.js';

/** More bars than this are drawn together. */
const mostBars = 30;

/** How many images the attack broke at each of its steps, and how many withstood all of them. */
export function leastStepsBars(steps: LeastSteps): string {
  const bars = stepBars(steps);
  return chartFigure({
    draw: (width) => draw(bars, width),
    label: `Bars of images by the attack step that first broke them; ${formatCount(steps.robust)} withstood every step.`,
    table: htmlTable(
      [{ text: 'first wrong at step' }, numberCell('images')],
      bars.map(({ name, count }) => [{ text: name }, numberCell(formatCount(count))]),
    ),
  });
}

interface Bar {
  readonly name: string;
  readonly count: number;
  readonly colour: string;
}

function stepBars({ broken, robust, wrong, untold }: LeastSteps): readonly Bar[] {
  const together = Math.ceil(broken.length / mostBars);
  const steps = Array.from({ length: Math.ceil(broken.length / together) }, (_, bar) => {
    const counts = broken.slice(bar * together, (bar + 1) * together);
    const first = bar * together;
    return {
      name: together === 1 ? String(first) : `${first}–${first + counts.length - 1}`,
      count: counts.reduce((sum, count) => sum + count, 0),
      colour: worstColour,
    };
  });
  return [
    { name: 'wrong', count: wrong, colour: faint },
    ...steps,
    ...(untold > 0 ? [{ name: 'unknown', count: untold, colour: worstColour }] : []),
    { name: 'never', count: robust, colour: robustColour },
  ];
}

function draw(bars: readonly Bar[], width: number): string {
  const every = Math.ceil((bars.length * 46) / width);
  const last = bars.length - 1;
  // the first and the last bar are no steps and must not lose their names
  const hasName = (index: number): boolean =>
    index === 0 || index === last || (index >= every && last - index >= every && (index - 1) % every === 0);
  return renderChart(
    {
      grid: { left: 52, right: 16, top: 20, bottom: 48 },
      xAxis: {
        ...axisColours,
        ...named('step of the attack at which an image is first wrong', 30),
        type: 'category',
        data: bars.map(({ name }) => name),
        axisLabel: { color: faint, interval: hasName },
      },
      yAxis: { ...axisColours, type: 'value', minInterval: 1 },
      series: [
        {
          type: 'bar',
          barMaxWidth: 34,
          barCategoryGap: '20%',
          label: {
            show: width / bars.length > 30,
            position: 'top',
            color: faint,
            fontSize: 10,
            formatter: ({ value }: { value: number }) => (value > 0 ? formatCount(value) : ''),
          },
          data: bars.map(({ count, colour }) => ({ value: count, itemStyle: { color: colour } })),
        },
      ],
    },
    width,
    250,
  );
}
