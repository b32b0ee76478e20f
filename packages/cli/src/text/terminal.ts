import colours from 'picocolors';

/** What standard output can show: colours on a terminal, unless NO_COLOR or TERM say otherwise; its columns, if known. */
export function terminal(): { readonly colour: boolean; readonly width?: number } {
  const { isTTY, columns } = process.stdout;
  // neither exists where the output is a pipe or a file, whose readers want no colours even in continuous integration
  return { colour: Boolean(isTTY) && colours.isColorSupported, ...(columns > 0 ? { width: columns } : {}) };
}
