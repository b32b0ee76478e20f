import { escapeHtml } from '../html/escape-html.js';

/** Widths that charts are laid out for, in pixels: a page, and a phone. */
const wide = 820;
const narrow = 380;

export interface ChartFigure {
  /** Draws the chart for a width in pixels. */
  draw(width: number): string;
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  /** The same as an HTML table, folded away under the chart. */
  readonly table: string;
}

/**
 * A chart with its words and its numbers. It is drawn twice, because text of a chart that is shrunk to a phone cannot
 * be read; the page shows the one that fits.
 */
export function chartFigure({ draw, label, table }: ChartFigure): string {
  const image = (className: string, width: number): string =>
    `<div class="${className}" role="img" aria-label="${escapeHtml(label)}">${draw(width)}</div>`;
  return (
    `<figure>${image('wide', wide)}${image('narrow', narrow)}` +
    `<details><summary>Numbers</summary>${table}</details></figure>`
  );
}
