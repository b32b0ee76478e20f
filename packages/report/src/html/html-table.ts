import { escapeHtml } from './escape-html.js';

export interface TableCell {
  readonly text: string;
  /** Style class: `number`, `worst`. */
  readonly className?: string;
}

/** A table of plain text; numbers are right-aligned by their style class. */
export function htmlTable(head: readonly TableCell[], rows: readonly (readonly TableCell[])[]): string {
  const line = (cells: readonly TableCell[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => element(cell, tag)).join('')}</tr>`;
  const header = head.length === 0 ? '' : `<thead>${line(head, 'th')}</thead>`;
  return `<div class="scroll"><table>${header}<tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table></div>`;
}

/** A cell that is right-aligned, its digits below each other. */
export function numberCell(text: string): TableCell {
  return { text, className: 'number' };
}

function element({ text, className }: TableCell, tag: 'th' | 'td'): string {
  const scope = tag === 'th' ? ' scope="col"' : '';
  return `<${tag}${scope}${className === undefined ? '' : ` class="${className}"`}>${escapeHtml(text)}</${tag}>`;
}
