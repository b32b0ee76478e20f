import { faint, ink, line } from './colours.js';

/** Parts that charts share, in the colours of the page. */
export const legend = {
  top: 0,
  left: 0,
  itemWidth: 16,
  textStyle: { color: ink, fontSize: 12 },
} as const;

/** Rows that a legend of these names takes, which echarts does not make room for by itself. */
export function legendRows(names: readonly string[], width: number): number {
  // about 7 pixels a character and 40 for the mark
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const wanted = 40 + 7 * name.length;
    if (used > 0 && used + wanted > width - 20) {
      rows++;
      used = 0;
    }
    used += wanted;
  }
  return rows;
}

export const axisColours = {
  axisLabel: { color: faint },
  axisLine: { lineStyle: { color: line } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: line } },
  nameTextStyle: { color: faint },
} as const;

export function named(name: string, gap: number): Record<string, unknown> {
  return { name, nameLocation: 'middle', nameGap: gap };
}
