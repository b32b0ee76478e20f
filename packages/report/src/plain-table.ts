import Table from 'cli-table3';

/** A table without lines; the first column and those from `leftFrom` on are flush left. */
export function plainTable(widths: readonly number[], leftFrom: number): InstanceType<typeof Table> {
  const chars = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
      .map((place) => [place, '']),
  );
  return new Table({
    chars,
    colWidths: [...widths],
    colAligns: widths.map((_, column) => (column === 0 || column >= leftFrom ? 'left' : 'right')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
}
