import { escapeHtml } from './escape-html.js';

export interface TableCell {
  readonly text: string;
  /** Style class: `number`, `centre`, `own`, `worst`. */
  readonly className?: string;
  /** Strength of the background, 0 to 1. */
  readonly heat?: number;
}

/** A table of plain text; numbers are right-aligned by their style class. */
export function htmlTable(head: readonly TableCell[], rows: readonly (readonly TableCell[])[]): string {
  const line = (cells: readonly TableCell[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => element(cell, tag)).join('')}</tr>`;
  const header = head.length === 0 ? '' : `<thead>${line(head, 'th')}</thead>`;
  return `<div class="scroll"><table>${header}<tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table></div>`;
}

function element({ text, className, heat }: TableCell, tag: 'th' | 'td'): string {
  const style = heat === undefined ? '' : ` style="--heat:${heat.toFixed(3)}"`;
  const names = [className, heat === undefined ? undefined : 'heat']
    .filter((name) => name !== undefined)
    .join(' ');
  return `<${tag}${names === '' ? '' : ` class="${names}"`}${style}>${escapeHtml(text)}</${tag}>`;
}
