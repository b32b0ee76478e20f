import { bar, make, percent } from './dom.js';

/** More classes than these are not shown: those of the largest probabilities are. */
const mostRows = 10;

export interface Probabilities {
  readonly classNames: readonly string[];
  /** `[classes]` */
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly label: number;
}

/** One row per class with its probability before and after the attack. */
export function probabilityRows({ classNames, before, after, label }: Probabilities): HTMLElement[] {
  const weight = (index: number): number =>
    index === label ? Infinity : Math.max(before[index]!, after[index]!);
  const shown = [...classNames.keys()]
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, mostRows)
    .sort((one, other) => one - other);
  return shown.map((index) => {
    const name = make('th', { scope: 'row' }, classNames[index]!);
    return make(
      'tr',
      index === label ? { class: 'label' } : {},
      name,
      make('td', { class: 'bars' }, bar('before', before[index]!), bar('after', after[index]!)),
      make('td', { class: 'number' }, percent(before[index]!)),
      make('td', { class: 'number' }, percent(after[index]!)),
    );
  });
}
